#!/usr/bin/env python3
"""Makes the two faster forms of a detector that specs/parity.toml holds against it: 16-bit floats, and 8-bit integers.

    pip install onnx==1.23.2 onnxruntime==1.32.0 onnxconverter-common==1.16.0
    python examples/parity/quantize.py

They are made as most people make them: weights and arithmetic in 16 bits with inputs and outputs of 32, and dynamic
quantisation of onnxruntime, which needs no pictures to calibrate on: weights in 8 bits, and the steps of everything else
from what comes along.
"""

from pathlib import Path

import onnx
from onnxconverter_common import float16
from onnxruntime.quantization import QuantType, quantize_dynamic

MODELS = Path(__file__).parent.parent / "models"


def main() -> None:
    source = MODELS / "bccd_a.onnx"
    halves = float16.convert_float_to_float16(onnx.load(source), keep_io_types=True)
    onnx.save(halves, MODELS / "bccd_a_fp16.onnx")
    quantize_dynamic(source, MODELS / "bccd_a_int8.onnx", weight_type=QuantType.QUInt8)


if __name__ == "__main__":
    main()
