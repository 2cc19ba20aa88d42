"""Changes of voice and telephone that training draws."""

from __future__ import annotations

import numpy as np

from models.greek import channel


def test_warping_keeps_the_bands_and_an_even_number_of_frames() -> None:
    mel = np.random.default_rng(1).normal(size=(80, 120)).astype(np.float32)
    lengths = set()
    for seed in range(40):
        out = channel.warped(mel, np.random.default_rng(seed))
        assert out.shape[0] == 80
        assert out.shape[1] % 2 == 0
        assert out.dtype == np.float32
        assert np.isfinite(out).all()
        assert 120 * 0.75 <= out.shape[1] <= 120 * 1.3
        lengths.add(out.shape[1])
    assert len(lengths) > 5


def test_warping_moves_a_formant_to_both_sides_and_leaves_flat_spectra_flat() -> None:
    mel = np.zeros((80, 20), np.float32)
    mel[30] = 1.0
    peaks = {
        int(channel.warped(mel, np.random.default_rng(seed)).mean(1).argmax()) for seed in range(60)
    }
    assert min(peaks) < 30 < max(peaks)
    assert max(peaks) - min(peaks) < 14
    flat = channel.warped(np.ones((80, 20), np.float32), np.random.default_rng(3))
    assert np.allclose(flat, 1)
