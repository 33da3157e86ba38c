"""What the sessions of requests and niquests do with a request before it is sent: they note how it is to be signed."""

from collections.abc import Callable
from typing import Any, ClassVar

from oauthone.clients._dance import LOG, DanceMethods
from oauthone.clients._origins import share_origin
from oauthone.clients._requests_plans import Plan, noted
from oauthone.clients._requests_signing import TwinAuth, leave_unsigned


class TwinSession(DanceMethods):
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
        return prepared

    def may_sign_hop(self, hop: Any, response: Any) -> bool:
        """Whether ``hop``, which ``response`` redirects to, is to be signed, as was every hop so far."""
        plan = noted(response.request)
        if plan is None or plan.auth is None:
            return False
        if share_origin(str(response.request.url), str(hop.url)):
            # No password from a .netrc takes or joins the signature's place, as none did on the first hop.
            self.plan(plan.auth, is_redirect=True).note(hop)
            return True
        LOG.debug("a redirect leads to another origin: it is followed without credentials")
        return False

    def is_of_leg(self, response: Any) -> bool:
        """Whether a leg of the flow asked for ``response``: such a one leads nowhere, whatever it says."""
        plan = noted(response.request)
        return plan is not None and plan.auth is not None and plan.auth.is_for_leg

    def plan_for(self, request: Any) -> Plan:
        """How ``request`` is to be signed: as it was noted, else, unless it brings an Authorization, as all others."""
        plan = noted(request)
        if plan is not None:
            return plan
        auth = self.auth
        return self.plan(auth if isinstance(auth, TwinAuth) and "Authorization" not in request.headers else None)
