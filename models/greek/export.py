"""Write the trained network as a CTranslate2 model with its CTC head, tokenizer and digests.

python -m models.greek.export [--checkpoint FILE] [--out FOLDER] [--weights smooth|network]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from ctranslate2.converters.transformers import WhisperLoader
from tokenizers import Tokenizer

from models.greek.network import HEADS, Network, Shape
from models.greek.places import WORK
from models.greek.vocabulary import SPECIAL
from voicebot.hearing.greek_sounds import SOUNDS

#: Until `evaluate --calibrate` has fitted them.
CALIBRATION = {
    "free": [0.0, 2.0, 0.6, 1.0, 4.0],
    "constrained": [3.0, 2.5],
    "order": [0.0, 0.9, 0.25],
    "search": {"weight": 0.9, "bonus": 0.25, "beam": 12.0, "most": 1000, "joined": 2.0},
    "blank": 0.0,
    "beam": 0,
}


def load(checkpoint: Path, weights: str) -> tuple[Network, dict[str, object]]:
    saved = torch.load(checkpoint, map_location="cpu")
    tokenizer = Tokenizer.from_file(str(WORK / "tokenizer.json"))
    shape = Shape(
        tokenizer.get_vocab_size(), len(SOUNDS), decoder_layers=len(saved["decoder_layers"])
    )
    network = Network(shape).eval()
    network.load_state_dict(saved[weights])
    return network, {"steps": saved["step"], "passes": saved["passes"]}


def convert(network: Network, tokens: list[str], out: Path, quantization: str | None) -> None:
    network.encoder.embed_scale = network.decoder.embed_scale = 1.0
    layers = len(network.decoder.layers)
    model = SimpleNamespace(
        config=SimpleNamespace(
            encoder_layers=len(network.encoder.layers),
            encoder_attention_heads=HEADS,
            decoder_layers=layers,
            decoder_attention_heads=HEADS,
        ),
        model=network,
        proj_out=SimpleNamespace(weight=network.decoder.embed_tokens.weight),
    )
    spec = WhisperLoader().get_model_spec(model)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []
    spec.config.lang_ids = []
    spec.config.alignment_heads = [[layers - 1, head] for head in range(HEADS)]
    spec.register_vocabulary(tokens)
    spec.validate()
    spec.optimize(quantization=quantization)
    spec.save(str(out))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=WORK / "export")
    parser.add_argument("--checkpoint", type=Path, default=WORK / "run/checkpoint.pt")
    parser.add_argument("--weights", choices=["smooth", "network"], default="smooth")
    parser.add_argument("--quantization", choices=["int8", "float32"], default="int8")
    options = parser.parse_args()
    network, trained = load(options.checkpoint, options.weights)
    tokenizer = Tokenizer.from_file(str(WORK / "tokenizer.json"))
    tokens = [tokenizer.id_to_token(i) for i in range(tokenizer.get_vocab_size())]
    assert tokens[-len(SPECIAL) :] == list(SPECIAL), tokens[-8:]
    out: Path = options.out
    kept = out / "greek.json"
    calibration = CALIBRATION
    if kept.exists():
        fitted = json.loads(kept.read_text(encoding="utf-8"))["calibration"]
        calibration = fitted if fitted.keys() == CALIBRATION.keys() else CALIBRATION
    words = (out / "words.npz").read_bytes() if (out / "words.npz").exists() else None
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    quantization = None if options.quantization == "float32" else options.quantization
    with torch.no_grad():
        convert(network, tokens, out, quantization)
    # faster-whisper and voicebot's stock engine read these
    config = json.loads((out / "config.json").read_text())
    config["voicebot_real_length"] = True
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    shutil.copy(WORK / "tokenizer.json", out / "tokenizer.json")
    np.savez(
        out / "sounds.npz",
        weight=network.sounds.weight.detach().numpy().astype(np.float16),
        bias=network.sounds.bias.detach().numpy().astype(np.float16),
    )
    kept.write_text(
        json.dumps(
            {"sounds": SOUNDS, "calibration": calibration, "trained": trained},
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )
    if words:
        (out / "words.npz").write_bytes(words)
    digest(out)
    size = sum(f.stat().st_size for f in out.iterdir()) / 2**20
    print(f"{out}: {size:.1f} MiB, {trained}")


def digest(folder: Path) -> None:
    """Write SHA256SUMS of every other file, as `sha256sum -c` reads it."""
    lines = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n"
        for file in sorted(folder.iterdir())
        if file.name != "SHA256SUMS"
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))


if __name__ == "__main__":
    main()
