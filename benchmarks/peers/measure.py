"""What the peers' scripts share: files, repetition and the lines that the benchmark reads."""
import pathlib
import resource
import sys
import time

SUFFIXES = {".jpg", ".jpeg"}


def files(folder):
    found = sorted(p for p in pathlib.Path(folder).rglob("*") if p.suffix.lower() in SUFFIXES)
    if not found:
        sys.exit(f"no JPEGs in {folder}")
    return found


def arguments():
    if len(sys.argv) != 4:
        sys.exit(f"usage: {sys.argv[0]} ORIGINALS PREPARED SECONDS")
    return files(sys.argv[1]), files(sys.argv[2]), float(sys.argv[3])


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(figure, images, seconds, work):
    """Works on the images for half of the time to warm up, then for all of it."""
    def run(limit):
        done, start = 0, time.perf_counter()
        while time.perf_counter() - start < limit:
            work(images[done % len(images)])
            done += 1
        return done

    run(seconds / 2)
    wall, used = time.perf_counter(), cpu()
    done = run(seconds)
    print(figure, done, time.perf_counter() - wall, cpu() - used, flush=True)
