"""A hook of mkdocs: the pages of docs/id say that they are Indonesian, and have the theme's own words in it."""

from mkdocs.localization import install_translations, parse_locale

_made = {}


def on_env(env, config, files):
    """Keep the environment that pages are written with."""
    _made["env"] = env
    return env


def on_page_context(context, page, config, nav):
    """Set the language of the page about to be written."""
    config.theme["locale"] = parse_locale("id" if page.file.src_uri.startswith("id/") else "en")
    install_translations(_made["env"], config.theme.locale, config.theme.dirs)
    return context
