"""Whisper in torch for short windows: real lengths, a small vocabulary, a CTC head beside.

Names of weights are those of transformers, so that export needs no mapping.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

#: Whisper tiny's.
WIDTH, HEADS = 384, 6


@dataclass(frozen=True)
class Shape:
    vocabulary: int
    sounds: int
    encoder_layers: int = 4
    decoder_layers: int = 2
    source_positions: int = 1500
    target_positions: int = 448
    width: int = WIDTH
    heads: int = HEADS

    @property
    def inner(self) -> int:
        """Width within a layer: four times that between layers, as in Whisper."""
        return 4 * self.width


class Attention(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.k_proj = nn.Linear(shape.width, shape.width, bias=False)
        self.v_proj = nn.Linear(shape.width, shape.width)
        self.q_proj = nn.Linear(shape.width, shape.width)
        self.out_proj = nn.Linear(shape.width, shape.width)

    def forward(self, x: Tensor, memory: Tensor, mask: Tensor | None, causal: bool) -> Tensor:
        def heads(y: Tensor) -> Tensor:
            return y.view(y.shape[0], y.shape[1], self.heads, -1).transpose(1, 2)

        y = F.scaled_dot_product_attention(
            heads(self.q_proj(x)),
            heads(self.k_proj(memory)),
            heads(self.v_proj(memory)),
            attn_mask=mask,
            is_causal=causal,
        )
        return self.out_proj(y.transpose(1, 2).reshape(x.shape))


class Layer(nn.Module):
    def __init__(self, shape: Shape, decoder: bool) -> None:
        super().__init__()
        self.self_attn = Attention(shape)
        self.self_attn_layer_norm = nn.LayerNorm(shape.width)
        if decoder:
            self.encoder_attn = Attention(shape)
            self.encoder_attn_layer_norm = nn.LayerNorm(shape.width)
        self.fc1 = nn.Linear(shape.width, shape.inner)
        self.fc2 = nn.Linear(shape.inner, shape.width)
        self.final_layer_norm = nn.LayerNorm(shape.width)

    def forward(
        self, x: Tensor, memory: Tensor | None, mask: Tensor | None, drop: float = 0.0
    ) -> Tensor:
        y = self.self_attn_layer_norm(x)
        own_mask = mask if memory is None else None
        x = x + F.dropout(self.self_attn(y, y, own_mask, memory is not None), drop, self.training)
        if memory is not None:
            y = self.encoder_attn_layer_norm(x)
            x = x + F.dropout(self.encoder_attn(y, memory, mask, False), drop, self.training)
        y = self.fc2(F.gelu(self.fc1(self.final_layer_norm(x))))
        return x + F.dropout(y, drop, self.training)


class Encoder(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(80, shape.width, 3, padding=1)
        self.conv2 = nn.Conv1d(shape.width, shape.width, 3, stride=2, padding=1)
        self.embed_positions = nn.Embedding(shape.source_positions, shape.width)
        self.layers = nn.ModuleList(Layer(shape, False) for _ in range(shape.encoder_layers))
        self.layer_norm = nn.LayerNorm(shape.width)

    def forward(self, mel: Tensor, frames: Tensor, frozen: int) -> tuple[Tensor, Tensor]:
        """Encode (batch, 80, even frames); the first `frozen` layers take no gradient."""
        with torch.set_grad_enabled(torch.is_grad_enabled() and frozen == 0):
            x = F.gelu(self.conv1(mel))
            # what lies past an utterance's end must look like the padding of a window cut there
            times = torch.arange(x.shape[2], device=x.device)
            x = x * (times < frames[:, None])[:, None]
            x = F.gelu(self.conv2(x)).transpose(1, 2)
            x = x + self.embed_positions.weight[: x.shape[1]]
        mask = (times[: x.shape[1]] < (frames[:, None] + 1) // 2)[:, None, None]
        for index, layer in enumerate(self.layers):
            with torch.set_grad_enabled(torch.is_grad_enabled() and index >= frozen):
                x = layer(x, None, mask, 0.1 if index >= frozen else 0.0)
        return self.layer_norm(x), mask


class Decoder(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.width)
        self.embed_positions = nn.Embedding(shape.target_positions, shape.width)
        self.layers = nn.ModuleList(Layer(shape, True) for _ in range(shape.decoder_layers))
        self.layer_norm = nn.LayerNorm(shape.width)

    def forward(self, tokens: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        x = self.embed_tokens(tokens) + self.embed_positions.weight[: tokens.shape[1]]
        for layer in self.layers:
            x = layer(x, memory, mask, 0.1)
        return F.linear(self.layer_norm(x), self.embed_tokens.weight)


class Network(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.encoder = Encoder(shape)
        self.decoder = Decoder(shape)
        self.sounds = nn.Linear(shape.width, shape.sounds)

    def forward(
        self, mel: Tensor, frames: Tensor, tokens: Tensor, frozen: int = 0
    ) -> tuple[Tensor, Tensor]:
        """Return logits of tokens (batch, tokens, vocabulary) and sounds (batch, time, sounds)."""
        memory, mask = self.encoder(mel, frames, frozen)
        return self.decoder(tokens, memory, mask), self.sounds(memory)


def start_from_whisper(
    network: Network, weights: dict[str, Tensor], layers: tuple[int, ...]
) -> None:
    """Load Whisper's weights; decoder layers are those numbered; embedding and head stay new."""
    renamed = {}
    for name, value in weights.items():
        name = name.removeprefix("model.")
        if name.startswith("decoder.layers."):
            _, _, index, rest = name.split(".", 3)
            if int(index) not in layers:
                continue
            name = f"decoder.layers.{layers.index(int(index))}.{rest}"
        renamed[name] = value.float()
    missing, unexpected = network.load_state_dict(renamed, strict=False)
    new = {"decoder.embed_tokens.weight", "sounds.weight", "sounds.bias"}
    if unexpected or set(missing) != new:
        raise ValueError(f"not Whisper's weights: {missing} missing, {unexpected} left over")
    nn.init.normal_(network.decoder.embed_tokens.weight, std=0.02)
    nn.init.normal_(network.sounds.weight, std=0.02)
