"""Regenerate the checked-in protobuf modules: ``python -m protos.generate``.

For every ``.proto`` of this folder: the module and its type stub. Only `consortium`
has services, and so only it has gRPC modules.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

PROTOS = Path(__file__).parent
SERVICES = "consortium.proto"


def generate(into: Path) -> None:
    """Write the modules to `into`, an existing folder, as ``protos/*_pb2*``.

    Raises
    ------
    RuntimeError
        When the compiler refuses a file; it has told why on standard error.
    """
    _compile("python", into, *sorted(PROTOS.glob("*.proto")))
    _compile("mypy", into, *sorted(PROTOS.glob("*.proto")))
    _compile("grpc_python", into, PROTOS / SERVICES)
    _compile("mypy_grpc", into, PROTOS / SERVICES)


def _compile(language: str, into: Path, *sources: Path) -> None:
    # The stub generators are programs beside the interpreter, perhaps not on the PATH.
    beside = Path(sys.executable).parent
    status = protoc.main(
        [
            "protoc",
            f"-I{PROTOS.parent}",
            f"-I{files('grpc_tools') / '_proto'}",
            f"--plugin=protoc-gen-mypy={beside / 'protoc-gen-mypy'}",
            f"--plugin=protoc-gen-mypy_grpc={beside / 'protoc-gen-mypy_grpc'}",
            f"--{language}_out={into}",
            *map(str, sources),
        ]
    )
    if status:
        raise RuntimeError(f"protoc refused the {language} modules")


if __name__ == "__main__":
    generate(PROTOS.parent)
