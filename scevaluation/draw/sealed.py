"""Drawing as matplotlib comes, whatever the user's settings, styles or cells say."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib

# How figures reach a screen is not a matter of the picture.
_SHIPPED = {k: v for k, v in matplotlib.rcParamsDefault.items() if k not in ("backend", "backend_fallback", "interactive")}


def sealed(settings: Mapping | None = None):
    """A context in which matplotlib's settings are those it is shipped with, and `settings` over them.

    Only what differs is set, since matplotlib checks each setting anew.
    """
    now = matplotlib.rcParams
    changed = {k: v for k, v in _SHIPPED.items() if now[k] != v}
    return matplotlib.rc_context({**changed, **(settings or {})})
