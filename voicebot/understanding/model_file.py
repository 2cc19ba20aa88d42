"""Writes the trained classifier: classifier.onnx, vocabulary.txt and meta.json in one folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from voicebot.understanding.calibration import Mixture
from voicebot.understanding.encoder import Encoder
from voicebot.understanding.linear import BLOCK_WEIGHTS, LinearModel, Vocabulary
from voicebot.understanding.model_meta import GRAPH_FILE, META_FILE, VOCABULARY_FILE, Meta

# The oldest that has the operators below, so that any onnxruntime since 1.12 runs the graph.
_OPSET = 17
_IR_VERSION = 8


@dataclass(frozen=True)
class Trained:
    """All that training yields; the intents of both models are in the same order."""

    vocabulary: Vocabulary
    linear: LinearModel
    encoder: Encoder
    mixture: Mixture


def save_model(folder: Path, trained: Trained, meta: Meta) -> None:
    """Write the three files, each at once, the one that makes them valid last."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / META_FILE).unlink(missing_ok=True)
    graph = _graph(trained)
    _write(folder / GRAPH_FILE, graph.SerializeToString())
    _write(folder / VOCABULARY_FILE, "\n".join(trained.vocabulary.features).encode())
    _write(folder / META_FILE, meta.model_dump_json(indent=2).encode())


def _write(path: Path, content: bytes) -> None:
    partial = path.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(path)


def _graph(trained: Trained) -> onnx.ModelProto:
    """Ids and numbers of the features of one utterance → probabilities of the intents.

    Inputs `ids` int64 (n,) and `counts` float32 (n,); output `probabilities` float32 (intents,).
    """
    vocabulary, linear, encoder = trained.vocabulary, trained.linear, trained.encoder
    blocks = len(BLOCK_WEIGHTS)
    constants: dict[str, npt.NDArray[Any]] = {
        "idf": vocabulary.idf,
        "membership": np.eye(blocks, dtype=np.float32)[vocabulary.blocks],
        "block_weights": np.array([list(BLOCK_WEIGHTS.values())], dtype=np.float32),
        "weights": linear.weights,
        "bias": linear.bias,
        "embedding": encoder.embedding,
        "shift": encoder.shift,
        "head": encoder.head,
        "head_bias": encoder.bias,
        "one": np.array(1.0, dtype=np.float32),
        "tiny": np.array(1e-9, dtype=np.float32),
        "factor_margins": np.array(trained.mixture.margins, dtype=np.float32),
        "factor_logits": np.array(trained.mixture.logits, dtype=np.float32),
        "axis_0": np.array([0], dtype=np.int64),
        "axis_1": np.array([1], dtype=np.int64),
    }

    def node(operator: str, inputs: list[str], output: str, **attributes: Any) -> onnx.NodeProto:
        return helper.make_node(operator, inputs, [output], **attributes)

    nodes = [
        node("Log", ["counts"], "log_counts"),
        node("Add", ["log_counts", "one"], "tf"),
        node("Gather", ["idf", "ids"], "idf_here", axis=0),
        node("Mul", ["tf", "idf_here"], "raw"),
        node("Gather", ["membership", "ids"], "block_here", axis=0),
        # length of each block, then the factor that gives it its weight
        node("Mul", ["raw", "raw"], "squares"),
        node("Unsqueeze", ["squares", "axis_1"], "squares_column"),
        node("Mul", ["squares_column", "block_here"], "squares_by_block"),
        node("ReduceSum", ["squares_by_block", "axis_0"], "block_squares", keepdims=1),
        node("Add", ["block_squares", "tiny"], "block_squares_safe"),
        node("Sqrt", ["block_squares_safe"], "lengths"),
        node("Div", ["block_weights", "lengths"], "factors"),
        node("Mul", ["block_here", "factors"], "factor_by_block"),
        node("ReduceSum", ["factor_by_block", "axis_1"], "factor", keepdims=0),
        node("Mul", ["raw", "factor"], "values"),
        node("Gather", ["weights", "ids"], "weights_here", axis=0),
        node("Unsqueeze", ["values", "axis_0"], "values_row"),
        node("MatMul", ["values_row", "weights_here"], "sums"),
        node("Add", ["sums", "bias"], "margins"),
        node("Mul", ["margins", "factor_margins"], "linear_evidence"),
        node("Gather", ["embedding", "ids"], "embedding_here", axis=0),
        node("MatMul", ["values_row", "embedding_here"], "embedded"),
        node("Add", ["embedded", "shift"], "shifted"),
        node("Relu", ["shifted"], "hidden"),
        node("MatMul", ["hidden", "head"], "hidden_sums"),
        node("Add", ["hidden_sums", "head_bias"], "logits"),
        node("Mul", ["logits", "factor_logits"], "encoder_evidence"),
        node("Add", ["linear_evidence", "encoder_evidence"], "scores"),
        node("Softmax", ["scores"], "probability_row", axis=1),
        node("Squeeze", ["probability_row", "axis_0"], "probabilities"),
    ]
    graph = helper.make_graph(
        nodes,
        "intents",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"]),
            helper.make_tensor_value_info("counts", TensorProto.FLOAT, ["n"]),
        ],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [len(linear.intents)])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
    proto.ir_version = _IR_VERSION
    onnx.checker.check_model(proto)
    return proto
