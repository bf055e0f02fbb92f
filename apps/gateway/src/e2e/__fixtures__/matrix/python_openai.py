"""OpenAI's client for Python as its users call it: a line of JSON in for each call, a line of JSON out."""

import json
import sys

from openai import OpenAI

_, base_url, api_key = sys.argv
completions = OpenAI(base_url=base_url, api_key=api_key, max_retries=0).chat.completions


def send(body, streaming):
    if not streaming:
        return completions.create(**body)
    with completions.stream(**body) as stream:
        return stream.get_final_completion()


def to_sendable(message):
    """A message as the vendor takes it back: without the nulls and the positions that a stream leaves in it."""
    sendable = message.to_dict(exclude_none=True)
    for call in sendable.get("tool_calls", []):
        call.pop("index", None)
    return sendable


for line in sys.stdin:
    try:
        answer = {"message": to_sendable(send(**json.loads(line)).choices[0].message)}
    except Exception as error:
        status = getattr(error, "status_code", None)
        answer = {"error": {"name": type(error).__name__, "status": status, "message": str(error)}}
    print(json.dumps(answer), flush=True)
