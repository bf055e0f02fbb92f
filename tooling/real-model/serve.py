"""llama.cpp's HTTP server over a GGUF file: serve.py MODEL PORT [--until-stdin-ends]."""

import pathlib
import signal
import sys
import time
import urllib.error
import urllib.request

import xllamacpp

model, port, *flags = sys.argv[1:]

params = xllamacpp.CommonParams()
params.model.path = model
params.model_alias = {"smollm2-135m"}
params.n_ctx = 8192  # shared by the slots
params.n_parallel = 2
params.hostnames = ["127.0.0.1"]
params.port = int(port)
params.embedding = True
params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
params.sampling.temp = 0  # the same question gets the same answer, unless the caller asks for chance
# The model's own template knows no tools.
params.chat_template = pathlib.Path(__file__).with_name("chat-template.jinja").read_text()


def wait_until_healthy(address: str) -> None:
    """The server listens before the model is loaded, and answers 503 until then."""
    while True:
        try:
            urllib.request.urlopen(f"{address}/health").close()
            return
        except urllib.error.URLError:
            time.sleep(0.05)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
server = xllamacpp.Server(params)
wait_until_healthy(server.listening_address)
print(f"listening {server.listening_address}", flush=True)
if "--until-stdin-ends" in flags:
    sys.stdin.read()
else:
    signal.pause()
