"""A mutating webhook as one writes it with kopf, doing what the Go peer does: it adds one label.

usage: kopf_webhook.py PORT CERTIFICATE KEY

kopf's own server, dispatcher and patches answer the reviews. Only what would tell kopf from an API server which resources
exist is played, because the benchmark has none.
"""

import asyncio
import functools
import logging
import sys

import kopf
from kopf._cogs.structs import ephemera, references
from kopf._core.engines import admission
from kopf._core.intents import registries
from kopf._core.reactor import inventory


@kopf.on.mutate("apps", "v1", "statefulsets", id="mutate")
def mutate(patch, **_):
    patch.metadata.labels["added-label"] = "yes"


async def main(port: str, certificate: str, key: str) -> None:
    insights = references.Insights()
    insights.webhook_resources.add(
        references.Resource("apps", "v1", "statefulsets", kind="StatefulSet", namespaced=True, verbs=frozenset())
    )
    answer = functools.partial(
        admission.serve_admission_request,
        settings=kopf.OperatorSettings(),
        memories=inventory.ResourceMemories(),
        memobase=ephemera.Memo(),
        registry=registries.get_default_registry(),
        insights=insights,
        indices={},
    )
    server = kopf.WebhookServer(addr="127.0.0.1", port=int(port), certfile=certificate, pkeyfile=key)
    async for _ in server(answer):
        pass


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main(*sys.argv[1:]))
