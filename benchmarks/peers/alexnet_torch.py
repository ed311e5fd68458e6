"""PyTorch: steps of training the paper's AlexNet on random images in memory.

alexnet_torch.py STEPS MINIBATCH DEVICE (cpu or cuda)
"""
import os
import sys
import time

import torch
from torch import nn

WARM_UP = 3


def response():
    # PyTorch divides alpha by the size, the paper does not.
    return nn.LocalResponseNorm(size=5, alpha=5 * 1e-4, beta=0.75, k=2.0)


def alexnet():
    convolutions = [
        nn.Conv2d(3, 96, 11, stride=4, padding=2), nn.ReLU(), response(), nn.MaxPool2d(3, 2),
        nn.Conv2d(96, 256, 5, padding=2, groups=2), nn.ReLU(), response(), nn.MaxPool2d(3, 2),
        nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 384, 3, padding=1, groups=2), nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1, groups=2), nn.ReLU(), nn.MaxPool2d(3, 2),
    ]
    connected = [
        nn.Flatten(),
        nn.Linear(9216, 4096), nn.ReLU(), nn.Dropout(),
        nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(),
        nn.Linear(4096, 1000),
    ]
    return nn.Sequential(*convolutions, *connected)


def main():
    steps, minibatch, device = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    torch.set_num_threads(os.cpu_count())
    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = True
    images = torch.randint(0, 256, (minibatch, 3, 224, 224), dtype=torch.uint8, device=device)
    labels = torch.randint(0, 1000, (minibatch,), device=device)
    loss = nn.CrossEntropyLoss()
    ways = [("fp32", False, False), ("bf16", True, False)]
    if device == "cuda":  # and by PyTorch's own compiler
        ways += [("fp32.compiled", False, True), ("bf16.compiled", True, True)]
    for name, reduced, compiled in ways:
        network = alexnet().to(device)
        optimizer = torch.optim.SGD(network.parameters(), lr=1e-6, momentum=0.9, weight_decay=5e-4)

        def forward(network=network, reduced=reduced):
            with torch.autocast(device, torch.bfloat16, enabled=reduced):
                return loss(network(images.float() - 110), labels)

        if compiled:
            forward = torch.compile(forward)

        def step():
            optimizer.zero_grad()
            value = forward()
            value.backward()
            optimizer.step()
            return value.item()

        for _ in range(WARM_UP):
            step()
        began, cpu = time.time(), sum(os.times()[:2])
        for _ in range(steps):
            step()
        print(
            f"peer.torch.alexnet.{name} {steps * minibatch} {time.time() - began:.3f}"
            f" {sum(os.times()[:2]) - cpu:.3f}",
            flush=True,
        )


main()
