"""lti, for learning platforms: launches in forms, and results with a body hash."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import Kind, Route, resource
from . import TEXT

DISTRIBUTION = "lti"
CALLS = "a launch, signed in the body; XML and JSON with a body hash"
TOOL, PLATFORM = "tool.example", "platform.example"
SUCCESS = """<imsx_POXEnvelopeResponse xmlns="http://www.imsglobal.org/services/ltiv1p1/xsd/imsoms_v1p0">
  <imsx_POXHeader><imsx_POXResponseHeaderInfo>
    <imsx_version>V1.0</imsx_version><imsx_messageIdentifier>1</imsx_messageIdentifier>
    <imsx_statusInfo>
      <imsx_codeMajor>success</imsx_codeMajor><imsx_severity>status</imsx_severity>
      <imsx_description/><imsx_messageRefIdentifier/>
      <imsx_operationRefIdentifier>replaceResult</imsx_operationRefIdentifier>
    </imsx_statusInfo>
  </imsx_POXResponseHeaderInfo></imsx_POXHeader><imsx_POXBody/>
</imsx_POXEnvelopeResponse>"""
PROFILE = """{"service_offered": [{"format": ["application/vnd.ims.lti.v2.toolproxy+json"], "action": ["POST"],
    "endpoint": "https://platform.example/register"}]}"""
ROUTES = [
    resource(TOOL, r"POST /launch", '{"launched": true}'),
    resource(PLATFORM, r"POST /outcome", SUCCESS),
    resource(PLATFORM, r"POST /register", '{"registered": true}'),
    Route(Kind.OPEN, PLATFORM, r"GET /profile", PROFILE),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Launch a tool, report its result, and register it. There is no login."""
    import requests
    from lti import ToolConsumer, ToolProvider, ToolProxy

    key, secret = provider.client.client_id, provider.client.client_secret
    launch = {"lti_message_type": "basic-lti-launch-request", "lti_version": "LTI-1p0", "resource_link_id": TEXT}
    consumer = ToolConsumer(key, secret, params=launch, launch_url=f"https://{TOOL}/launch?x=1")
    data = consumer.generate_launch_data()
    yield "launch", dict(data)
    yield "launched", requests.post(f"https://{TOOL}/launch?x=1", data=data).status_code

    outcome = {"lis_outcome_service_url": f"https://{PLATFORM}/outcome", "lis_result_sourcedid": "1"}
    tool = ToolProvider(key, secret, params={**launch, **outcome}, launch_url=f"https://{TOOL}/launch")
    yield "result", tool.post_replace_result("0.5").is_success()

    proxy = ToolProxy(params={"reg_key": key, "reg_password": secret, "tc_profile_url": f"https://{PLATFORM}/profile"})
    proxy.load_tc_profile()
    with requests.Session() as session:
        yield "registered", session.send(proxy.register_proxy({"name": TEXT}), verify=provider.ca_file).json()
