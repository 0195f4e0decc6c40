"""Colours by measure: contrast (WCAG 2.2), lightness and distance (CIELAB), and how the colour-blind see them."""

from __future__ import annotations

import numpy as np

# G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency", IEEE Transactions on Visualization and Computer Graphics 15 (2009) 1291-1298: severity 1.0, on linear RGB.
MACHADO = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
# IEC 61966-2-1 (sRGB), white of D65.
_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
_WHITE = (0.95047, 1.0, 1.08883)


def linear(color) -> np.ndarray:
    """Linear RGB (0-1) of a colour: "#0067A3", a name, or red, green and blue."""
    from matplotlib.colors import to_rgb

    v = np.array(to_rgb(color))
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def luminance(color) -> float:
    """Relative luminance, 0 (black) to 1 (white)."""
    return float(linear(color) @ [0.2126, 0.7152, 0.0722])


def contrast(a, b) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """L*, a*, b* of linear RGB."""
    t = np.clip(np.array(_XYZ) @ rgb, 0, None) / _WHITE
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(a, b, sight: str = "") -> float:
    """Distance of two colours in CIELAB (1976), as seen with a colour-blindness of MACHADO, or with full sight."""
    seen = np.array(MACHADO[sight]) if sight else np.eye(3)
    first, second = (lab(np.clip(seen @ linear(c), 0, 1)) for c in (a, b))
    return float(np.linalg.norm(first - second))
