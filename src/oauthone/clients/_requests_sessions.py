"""What the sessions of requests and niquests do with a request before it is sent: they note how it is to be signed."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from oauthone.clients._flow import FlowMethods
from oauthone.clients._legs import LOG
from oauthone.clients._origins import share_origin
from oauthone.clients._requests_plans import Plan, noted, unsigned
from oauthone.clients._requests_retries import refuse_to_send_rest
from oauthone.clients._requests_signing import TwinAuth, leave_unsigned
from oauthone.core.parameters import remove_from_query


class TwinSession(FlowMethods):
    """What the sessions of both libraries share, sync and async."""

    #: The library's plan.
    plan: ClassVar[type[Plan]]

    def prepared_by(self, prepare: Callable[[Any], Any], request: Any) -> Any:
        """``request``, prepared without a signature, with a note of what is to sign it when it is sent."""
        auth = request.auth if request.auth is not None else self.auth
        if not isinstance(auth, TwinAuth):
            prepared = prepare(request)
            self.plan(None).note(prepared)
            return prepared
        kind = request.__class__
        unsigned = kind.__new__(kind)
        unsigned.__dict__.update(request.__dict__)
        unsigned.auth = leave_unsigned
        prepared = prepare(unsigned)
        self.plan(auth).note(prepared)
        return self.signed(prepared) if self._has_another_send() else prepared

    def signed(self, request: Any) -> Any:
        """What goes on the wire for ``request``, which was signed before or was not."""
        plan = self.plan_for(request)
        return plan.signed_copy(plan.taken_back(request))

    def plan_hop(self, hop: Any, response: Any) -> bool:
        """Note how to sign ``hop``, which ``response`` redirects to; returns whether that is to be done at all.

        It is if every hop so far was signed and has this origin. Either way the URL loses what signatures had put into
        the URLs before, which a server that redirects may have repeated.

        Raises:
            UnrewindableBodyError: the library's own; the hop is to send a body again that can be read only once.
        """
        plan = noted(response.request)
        if plan is None:
            self.plan(None).note(hop)
            return False
        hop.__dict__.update(unsigned(hop).__dict__)
        hop.url = remove_from_query(str(hop.url), plan.added)
        is_signed = plan.auth is not None and share_origin(str(response.request.url), self.plan.as_sent(hop.url))
        if is_signed:
            start = hop.__dict__.get("_body_position")
            refuse_to_send_rest(hop.body, start, self.plan.unrewindable, response)
        # No password from a .netrc takes or joins the signature's place, as none did on the first hop.
        self.plan(plan.auth if is_signed else None, is_redirect=True, added=plan.added).note(hop)
        if plan.auth is not None and not is_signed:
            LOG.debug("a redirect leads to another origin: it is followed without credentials")
        if is_signed and self._has_another_send():
            hop.__dict__.update(self.signed(hop.copy()).__dict__)
        return is_signed

    def _has_another_send(self) -> bool:
        """Whether ``send`` was replaced in this session alone, as mocks do, so that nothing signs after it."""
        own, kind = self.__dict__.get("send"), cast("Any", type(self))
        if own is not None and getattr(own, "__func__", None) is kind.send:
            del self.__dict__["send"]  # a mock that ended has put it back
            own = None
        return own is not None

    def is_of_leg(self, response: Any) -> bool:
        """Whether a leg of the flow asked for ``response``: such a one leads nowhere, whatever it says."""
        plan = noted(response.request)
        return plan is not None and plan.is_for_leg

    def forget_ended_mock(self, library_session: Any) -> None:
        """Remove the library's own ``get_adapter`` from this session, where a mock that ended has left it."""
        left = self.__dict__.get("get_adapter")
        if getattr(left, "__func__", None) is library_session.get_adapter:
            del self.__dict__["get_adapter"]

    def plan_for(self, request: Any) -> Plan:
        """How ``request`` is to be signed: as it was noted, else, unless it brings an Authorization, as all others."""
        plan = noted(request)
        if plan is not None:
            return plan
        auth = self.auth
        return self.plan(auth if isinstance(auth, TwinAuth) and "Authorization" not in request.headers else None)
