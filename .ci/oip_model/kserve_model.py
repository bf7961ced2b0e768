"""The blood-cell detector behind KServe's model server, whose REST door takes and gives tensors as bytes, too.

    kserve_model.py MODEL_FILE HTTP_PORT
"""
import sys

import onnxruntime
from kserve import InferOutput, InferResponse, Model, ModelServer


class Onnx(Model):
    def __init__(self, path):
        super().__init__("cells")
        self.session = onnxruntime.InferenceSession(path)
        self.ready = True

    @staticmethod
    def _described(ports):
        side = lambda side: side if isinstance(side, int) else -1
        return [{"name": port.name, "datatype": "FP32", "shape": [side(one) for one in port.shape]} for port in ports]

    async def get_input_types(self):
        return self._described(self.session.get_inputs())

    async def get_output_types(self):
        return self._described(self.session.get_outputs())

    async def predict(self, request, headers=None, response_headers=None):
        given = {tensor.name: tensor.as_numpy() for tensor in request.inputs}
        names = [port.name for port in self.session.get_outputs()]
        found = zip(names, self.session.run(names, given))
        # Whether an output goes as bytes is for the server to settle with whoever asks.
        outputs = [InferOutput(name, list(values.shape), "FP32", data=values) for name, values in found]
        return InferResponse("1", self.name, outputs, use_binary_outputs=request.use_binary_outputs,
                             requested_outputs=request.request_outputs)


ModelServer(http_port=int(sys.argv[2]), enable_grpc=False, workers=1).start([Onnx(sys.argv[1])])
