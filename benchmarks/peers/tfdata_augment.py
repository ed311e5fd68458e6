"""tf.data: the operations of its map function, one thread."""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
from measure import arguments, measure

tf.config.threading.set_intra_op_parallelism_threads(1)
BATCH = 128


def finish(image):
    image = tf.image.random_flip_left_right(image)
    image = tf.image.random_brightness(image, 0.4 * 255)
    image = tf.image.random_contrast(image, 0.6, 1.4)
    image = tf.image.random_saturation(image, 0.6, 1.4)
    return tf.cast(tf.clip_by_value(image, 0, 255), tf.uint8)


def paper(encoded):
    image = tf.io.decode_jpeg(encoded, channels=3)
    size = tf.cast(tf.shape(image)[:2], tf.float32)
    scale = 256.0 / tf.reduce_min(size)
    image = tf.image.resize(image, tf.cast(tf.round(size * scale), tf.int32), antialias=True)
    image = tf.image.resize_with_crop_or_pad(image, 256, 256)
    return finish(tf.image.random_crop(image, (224, 224, 3)))


def random_resized_crop(encoded):
    begin, size, _ = tf.image.sample_distorted_bounding_box(
        tf.io.extract_jpeg_shape(encoded),
        tf.zeros((1, 0, 4)),
        area_range=(0.08, 1.0),
        aspect_ratio_range=(3 / 4, 4 / 3),
        use_image_if_no_bounding_boxes=True,
    )
    window = tf.concat([begin[:2], size[:2]], 0)
    image = tf.image.decode_and_crop_jpeg(encoded, window, channels=3)
    return finish(tf.image.resize(image, (224, 224), antialias=True))


originals, prepared, seconds = arguments()
for figure, files, policy in (
    ("paper.original", originals, paper),
    ("paper.prepared", prepared, paper),
    ("rrc.original", originals, random_resized_crop),
):
    encoded = tf.data.Dataset.from_tensor_slices([f.read_bytes() for f in files])
    options = tf.data.Options()
    options.threading.private_threadpool_size = 1
    images = iter(
        encoded.repeat().map(policy, num_parallel_calls=1).batch(BATCH).prefetch(1).with_options(options)
    )
    # One call of the work is one image: a minibatch is fetched for each 128 of them.
    count = iter(range(1 << 62))
    measure(
        "peer.tfdata." + figure,
        [None],
        seconds,
        lambda _: next(images) if next(count) % BATCH == 0 else None,
    )
