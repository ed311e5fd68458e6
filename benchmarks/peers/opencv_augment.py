"""OpenCV: decode, crop, flip, colour jitter."""
import math
import random

import cv2
import numpy as np
from measure import arguments, measure

cv2.setNumThreads(1)


def jitter(image):
    image = cv2.convertScaleAbs(image, alpha=random.uniform(0.6, 1.4))
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    contrast = random.uniform(0.6, 1.4)
    image = cv2.convertScaleAbs(image, alpha=contrast, beta=(1 - contrast) * float(grey.mean()))
    saturation = random.uniform(0.6, 1.4)
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return cv2.addWeighted(image, saturation, grey, 1 - saturation, 0)


def finish(image):
    if random.random() < 0.5:
        image = cv2.flip(image, 1)
    return cv2.cvtColor(jitter(image), cv2.COLOR_BGR2RGB)


def resize(image, width, height):
    shrinks = width < image.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(image, (width, height), interpolation=method)


def paper(encoded):
    image = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    height, width = image.shape[:2]
    scale = 256 / min(height, width)
    if scale != 1:
        image = resize(image, max(256, round(width * scale)), max(256, round(height * scale)))
    height, width = image.shape[:2]
    top = (height - 256) // 2 + random.randrange(33)
    left = (width - 256) // 2 + random.randrange(33)
    return finish(image[top:top + 224, left:left + 224])


def random_resized_crop(encoded):
    image = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    height, width = image.shape[:2]
    for _ in range(10):
        area = random.uniform(0.08, 1) * height * width
        aspect = math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
        w, h = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < w <= width and 0 < h <= height:
            break
    else:
        w = h = min(height, width)
    top, left = random.randint(0, height - h), random.randint(0, width - w)
    return finish(resize(image[top:top + h, left:left + w], 224, 224))


originals, prepared, seconds = arguments()
originals, prepared = ([np.fromfile(f, np.uint8) for f in fs] for fs in (originals, prepared))
measure("peer.opencv.paper.original", originals, seconds, paper)
measure("peer.opencv.paper.prepared", prepared, seconds, paper)
measure("peer.opencv.rrc.original", originals, seconds, random_resized_crop)
