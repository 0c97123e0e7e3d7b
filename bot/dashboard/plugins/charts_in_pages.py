"""Gives the pages of the dashboard their charts; loaded by Datasette from its plugins folder."""  # noqa: INP001 - a folder of files, not a package

from typing import Any

from datasette import Forbidden, NotFound, Response, hookimpl
from markupsafe import Markup

from bot.dashboard.charts import draw


@hookimpl  # type: ignore[untyped-decorator]  # datasette has no types
def extra_template_vars(datasette: Any) -> dict[str, Any]:
    """What the templates may call: the queries of a database, and the chart of one."""

    async def queries_of(database: str) -> list[dict[str, Any]]:
        found = await datasette.get_canned_queries(database, None)
        return [query for query in found.values() if query.get("chart")]

    async def chart_of(database: str, name: str) -> Markup:
        query = await datasette.get_canned_query(database, name, None)
        if not query or not query.get("chart"):
            return Markup("")
        rows = [dict(row) for row in (await datasette.execute(database, query["sql"])).rows]
        return Markup(draw(query["chart"], rows))  # noqa: S704 - draw escapes every word

    return {"queries_of": queries_of, "chart_of": chart_of}


@hookimpl  # type: ignore[untyped-decorator]
def handle_exception(exception: Exception) -> Any:
    """A plain page for an address that is not there."""
    if isinstance(exception, NotFound | Forbidden):
        return Response.html("没有这一页 · <a href='/'>全部数字</a>", status=exception.status)
    return None
