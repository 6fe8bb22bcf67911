"""A gRPC server on Python's grpcio. Its messages are text: what a request says is done with it.

Prints its port and the version of grpcio, and then a line for each call that its handler has begun.
"""
import sys
import threading
import time
from concurrent import futures

import grpc
from google.protobuf import any_pb2
from google.protobuf.duration_pb2 import Duration
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status


def hello(request, context):
    words = request.decode().split()
    with SEEN:
        print(*words, flush=True)
    match words:
        case ["abort", code]:
            context.abort(grpc.StatusCode[code], "as asked")
        case ["push", code, millis]:
            context.set_trailing_metadata([("grpc-retry-pushback-ms", millis)])
            context.abort(grpc.StatusCode[code], "pushed back")
        case ["info", code, seconds]:
            context.abort_with_status(with_retry_info(code, float(seconds)))
        case ["raise"]:
            raise RuntimeError("a bug of the handler")
        case ["large"]:
            return b"x" * 5_000_000
        case ["wait", *_]:
            time.sleep(30)
    return b"hello, " + request


def answers(request, context):
    words = request.decode().split()
    if words and words[0].isdigit():
        for number in range(int(words[0]), 600):
            time.sleep(0.001)
            yield b"%d %s" % (number + 1, b"x" * 1000)
        return
    yield b"one"
    match words:
        case ["abort", code]:
            context.abort(grpc.StatusCode[code], "as asked")
        case ["wait"]:
            with SEEN:
                print("answered", flush=True)
            time.sleep(30)
    yield b"two"


def with_retry_info(code, seconds):
    info = error_details_pb2.RetryInfo()
    if seconds:
        info.retry_delay.CopyFrom(Duration(seconds=int(seconds), nanos=int(seconds % 1 * 1e9)))
    other, detail = any_pb2.Any(), any_pb2.Any()
    other.Pack(error_details_pb2.DebugInfo(detail="before it"))
    detail.Pack(info)
    status = status_pb2.Status(code=code_pb2.Code.Value(code), message="later", details=[other, detail])
    return rpc_status.to_status(status)


SEEN = threading.Lock()
options = [(name, int(value)) for name, value in (argument.split("=") for argument in sys.argv[1:])]
server = grpc.server(futures.ThreadPoolExecutor(max_workers=100), options=options)
methods = {
    "Hello": grpc.unary_unary_rpc_method_handler(hello),
    "Answers": grpc.unary_stream_rpc_method_handler(answers),
}
server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("greeter.Greeter", methods)])
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, grpc.__version__, flush=True)
for line in sys.stdin:
    # The seconds that calls have which are in flight.
    server.stop(float(line))
server.stop(None)
