#!/usr/bin/env python3
"""Publishes images to Millrace's topics without Millrace's producer.

    ./millrace topics --create --prefix mine
    examples/publish.py --data ~/images --prefix mine --epochs 2

DIR holds train/CLASS/*.jpg and, if it likes, val/CLASS/*.jpg. Everything that an own producer has to
keep is in this file and said again in docs/ingestion.md ("Your own producer"):

- the record is Avro's single-object encoding: C3 01, the schema's fingerprint, the value;
- partition = sequence mod partitions, key = id;
- sequences count from 0 in every epoch, without gaps;
- an EpochEnd in every partition, behind the epoch's last image there;
- one producer at a time, and nothing twice: hence one transactional id.

Needs two libraries: on Debian and Ubuntu `apt-get install python3-avro python3-confluent-kafka`,
elsewhere `pip install avro confluent-kafka`.
"""

import argparse
import hashlib
import io
import json
import pathlib
import random
import struct
import sys
import time

import avro.io
import avro.schema
import confluent_kafka

SCHEMAS = pathlib.Path(__file__).resolve().parent.parent / "schemas/src/main/avro"
NAMESPACE = "dev.millrace.schemas"
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif"}
IMAGES_A_TRANSACTION = 100


def load(name, seen):
    """A schema file as Avro's parsing canonical form: full names, no docs, no logical types.

    Types that other files define are put in where they are first used, and named from then on.
    """

    def canonical(schema):
        if isinstance(schema, str):
            file = SCHEMAS / (schema + ".avsc")
            return load(schema, seen) if file.exists() else schema
        kind = schema["type"]
        if kind == "record":
            fields = [
                {"name": field["name"], "type": canonical(field["type"])}
                for field in schema["fields"]
            ]
            return {"name": full_name(schema), "type": kind, "fields": fields}
        if kind == "enum":
            return {"name": full_name(schema), "type": kind, "symbols": schema["symbols"]}
        if kind == "array":
            return {"type": kind, "items": canonical(schema["items"])}
        return canonical(kind)  # {"type": "long", "logicalType": ...} is "long"

    def full_name(schema):
        return schema["namespace"] + "." + schema["name"]

    if name in seen:
        return NAMESPACE + "." + name
    seen.add(name)
    return canonical(json.loads((SCHEMAS / (name + ".avsc")).read_text()))


def fingerprint(text):
    """CRC-64-AVRO of a schema's canonical form."""
    empty = 0xC15D213AA4D7A795
    crc = empty
    for byte in text.encode():
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (empty if crc & 1 else 0)
    return crc


class Encoder:
    """Turns dictionaries into record values of one schema."""

    def __init__(self, name):
        text = json.dumps(load(name, set()), separators=(",", ":"))
        self.writer = avro.io.DatumWriter(avro.schema.parse(text))
        self.header = b"\xc3\x01" + struct.pack("<Q", fingerprint(text))

    def encode(self, value):
        out = io.BytesIO()
        out.write(self.header)
        self.writer.write(value, avro.io.BinaryEncoder(out))
        return out.getvalue()


class Publisher:
    """Sends records in transactions, so that readers never see half of one."""

    def __init__(self, servers, prefix):
        self.prefix = prefix
        self.kafka = confluent_kafka.Producer(
            {
                "bootstrap.servers": servers,
                # Millrace's own: whoever begins later stops the one before.
                "transactional.id": prefix + "-producer",
                "compression.type": "none",  # images are compressed already
                "linger.ms": 10,
                "message.max.bytes": 17 << 20,
            }
        )
        self.kafka.init_transactions(60)
        self.sent = 0

    def send(self, topic, partition, key, value):
        if self.sent == 0:
            self.kafka.begin_transaction()
        while True:
            try:
                self.kafka.produce(self.prefix + "." + topic, value, key, partition)
                break
            except BufferError:
                self.kafka.poll(0.1)  # the queue is full: wait for the brokers
        self.sent += 1
        if self.sent >= IMAGES_A_TRANSACTION:
            self.commit()

    def commit(self):
        if self.sent:
            self.kafka.commit_transaction(60)
            self.sent = 0

    def partitions(self, topic):
        """How many partitions an empty topic has."""
        name = self.prefix + "." + topic
        found = self.kafka.list_topics(name, 10).topics[name]
        if found.error is not None:
            sys.exit(f"Topic {name} does not exist; ./millrace topics --create makes it")
        return len(found.partitions)


def require_empty(servers, topic, partitions):
    """This example does not go on where it stopped: to publish twice would break the order."""
    consumer = confluent_kafka.Consumer({"bootstrap.servers": servers, "group.id": "unused"})
    for partition in range(partitions):
        place = confluent_kafka.TopicPartition(topic, partition)
        if consumer.get_watermark_offsets(place, 10)[1] > 0:
            sys.exit(f"Topic {topic} holds images already; use another --prefix")
    consumer.close()


def images_of(folder, synsets):
    """Paths and class indexes of CLASS/FILE, always in the same order."""
    return [
        (path, label)
        for label, synset in enumerate(synsets)
        for path in sorted((folder / synset).glob("*"))
        if path.suffix.lower() in SUFFIXES
    ]


def now():
    return int(time.time() * 1000)


def publish_epoch(publisher, encoders, root, images, synsets, split, epoch):
    topic = "images." + split.lower()
    partitions = publisher.partitions(topic)
    for sequence, (path, label) in enumerate(images):
        image = {
            "id": path.relative_to(root).as_posix(),  # the same in every epoch
            "label": label,  # index into the class list
            "synset": synsets[label],
            "split": split,
            "epoch": epoch,  # from 0; validation images are published once, in epoch 0
            "sequence": sequence,
            "source": str(path),  # for people
            "publishedAt": now(),  # milliseconds since 1970
            "bytes": path.read_bytes(),  # the file as it is
        }
        value = encoders["Image"].encode(image)
        publisher.send(topic, sequence % partitions, image["id"], value)
    end = {"split": split, "epoch": epoch, "images": len(images), "publishedAt": now()}
    for partition in range(partitions):
        publisher.send(topic, partition, "", encoders["EpochEnd"].encode(end))
    publisher.commit()
    print(f"Published epoch {epoch} of {publisher.prefix}.{topic}: {len(images)} images")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True, metavar="DIR")
    parser.add_argument("--bootstrap-servers", default="localhost:9092", metavar="HOST:PORT")
    parser.add_argument("--prefix", default="millrace")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1, help="decides every epoch's order")
    options = parser.parse_args()

    root = options.data
    if not (root / "train").is_dir():
        sys.exit(f"There is no folder {root / 'train'} (--data)")
    synsets = sorted(folder.name for folder in (root / "train").iterdir() if folder.is_dir())
    train = images_of(root / "train", synsets)
    validation = images_of(root / "val", synsets)

    encoders = {name: Encoder(name) for name in ("Image", "EpochEnd", "ClassList")}
    publisher = Publisher(options.bootstrap_servers, options.prefix)
    for topic in ("images.train", "images.validation"):
        name = options.prefix + "." + topic
        require_empty(options.bootstrap_servers, name, publisher.partitions(topic))

    class_list = {
        # The same classes have the same id, whoever publishes them.
        "id": hashlib.sha256("".join(s + "\n" for s in synsets).encode()).hexdigest(),
        "classes": [{"index": i, "synset": s, "name": s} for i, s in enumerate(synsets)],
        "publishedAt": now(),
    }
    publisher.send("classes", 0, "classes", encoders["ClassList"].encode(class_list))
    publish_epoch(publisher, encoders, root, validation, synsets, "VALIDATION", 0)
    for epoch in range(options.epochs):
        order = train[:]
        random.Random(f"{options.seed}/{epoch}").shuffle(order)
        publish_epoch(publisher, encoders, root, order, synsets, "TRAIN", epoch)


if __name__ == "__main__":
    main()
