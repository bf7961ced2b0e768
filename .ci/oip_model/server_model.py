"""The blood-cell detector behind MLServer: onnxruntime in a custom runtime, as teams serve their own models."""

import numpy
import onnxruntime
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse, MetadataTensor


class Onnx(MLModel):
    async def load(self) -> bool:
        self.session = onnxruntime.InferenceSession(self.settings.parameters.uri)
        self.inputs = [self._described(port) for port in self.session.get_inputs()]
        self.outputs = [self._described(port) for port in self.session.get_outputs()]
        return True

    @staticmethod
    def _described(port) -> MetadataTensor:
        shape = [side if isinstance(side, int) else -1 for side in port.shape]
        return MetadataTensor(name=port.name, datatype="FP32", shape=shape)

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        given = {tensor.name: NumpyCodec.decode_input(tensor).astype(numpy.float32) for tensor in payload.inputs}
        names = [port.name for port in self.session.get_outputs()]
        found = zip(names, self.session.run(names, given))
        outputs = [NumpyCodec.encode_output(name, values) for name, values in found]
        return InferenceResponse(model_name=self.name, model_version=self.version, outputs=outputs)
