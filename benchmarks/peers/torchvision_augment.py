"""torchvision's transforms on Pillow images."""
import io

import torch
from measure import arguments, measure
from PIL import Image
from torchvision import transforms as t

torch.set_num_threads(1)
finish = [t.RandomHorizontalFlip(), t.ColorJitter(0.4, 0.4, 0.4), t.PILToTensor()]
paper = t.Compose([t.Resize(256), t.CenterCrop(256), t.RandomCrop(224), *finish])
parts = t.Compose([t.RandomResizedCrop(224), *finish])
originals, prepared, seconds = arguments()
originals, prepared = ([f.read_bytes() for f in fs] for fs in (originals, prepared))
for figure, images, policy in (
    ("paper.original", originals, paper),
    ("paper.prepared", prepared, paper),
    ("rrc.original", originals, parts),
):
    measure(
        "peer.torchvision." + figure,
        images,
        seconds,
        lambda encoded, policy=policy: policy(Image.open(io.BytesIO(encoded)).convert("RGB")),
    )
