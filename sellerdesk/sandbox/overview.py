"""The page at the sandbox's root: what it is, what is in it, what was asked last."""

from html import escape

from starlette.responses import HTMLResponse

from sellerdesk.sandbox.currencies import shown
from sellerdesk.sandbox.status import status_of
from sellerdesk.sandbox.versions import API_VERSION
from sellerdesk.sandbox.world import World

_POLICY = "default-src 'none'; style-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def overview_page(world: World) -> HTMLResponse:
    """Plain HTML; everything that came from outside is escaped."""
    with world.open():
        intents = [
            (intent.id, status_of(world, intent), shown(intent.amount, intent.currency), intent.description or "")
            for intent in reversed(list(world.store.intents.values()))
        ][:50]
        calls = [
            (request.method, request.path, str(request.status or "no answer"), request.fault or "")
            for request in reversed(world.seen)
        ][:50]
        counts = (
            f"{len(world.store.intents)} payment intents, {len(world.store.charges)} charges, "
            f"{len(world.store.customers)} customers, {len(world.store.events)} events."
        )
    page = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>SellerDesk sandbox</title>
<h1>SellerDesk sandbox</h1>
<p>A pretended Stripe on this computer (API version {API_VERSION}). No money moves here. It forgets everything when it
ends.</p>
<dl><dt>API</dt><dd><code>{escape(world.base_url)}/v1/</code></dd>
<dt>Script</dt><dd><code>{escape(world.base_url)}/stripe.js</code></dd>
<dt>Keys</dt><dd>any made-up <code>sk_test_...</code>, <code>rk_test_...</code> and <code>pk_test_...</code></dd></dl>
<p>{counts}</p>
<h2>Payment intents</h2>{_table(("id", "status", "amount", "description"), intents)}
<h2>Last requests</h2>{_table(("method", "path", "status", "fault"), calls)}</html>"""
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})


def _table(heads: tuple[str, ...], rows: list[tuple[str, str, str, str]]) -> str:
    head = "".join(f"<th align=left>{name}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table cellpadding=4><tr>{head}</tr>{body}</table>"
