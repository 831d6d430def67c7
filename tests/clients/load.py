"""pgbench as a background load, with the latency of every transaction."""

import glob
import os
import subprocess
import time

from harness import DIRECT, seconds


class Load:
    """`pgbench -N -c 4` at a fixed rate, so that a stall of the proxy shows as latency."""

    def __init__(self, test, duet, duration, rate=300, mode="prepared", builtin="-N"):
        self.test = test
        self.folder = test.scratch.file(f"{test.label}.pgbench")
        os.mkdir(self.folder)
        self.process = subprocess.Popen(
            ["pgbench", "-n", builtin, "-c", "4", "-j", "2", "-T", str(duration), "-R", str(rate),
             "-M", mode, "-l", "--log-prefix", os.path.join(self.folder, "log"), duet.dsn()],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.folder)
        self.duration = duration
        self.started = time.time()

    def wait_second(self, second):
        """Sleeps until so many seconds after the start."""
        time.sleep(max(0, self.started + second - time.time()))

    def finish(self):
        """Waits for the end; fails on any client error."""
        try:
            output, _ = self.process.communicate(timeout=seconds(self.duration + 60))
        except subprocess.TimeoutExpired:
            self.process.kill()
            output, _ = self.process.communicate()
            self.test.fail(f"pgbench did not end in time:\n{output}")
        self.test.assertEqual(self.process.returncode, 0, f"pgbench:\n{output}")
        self.test.assertNotIn("ERROR", output)
        self.test.assertNotIn("aborted", output)
        return output

    def stop(self):
        """For clean-up after a failure."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

    def transactions(self):
        """[(end as epoch seconds, latency in ms)] of all transactions, by end."""
        found = []
        for path in glob.glob(os.path.join(self.folder, "log*")):
            with open(path) as source:
                for line in source:
                    fields = line.split()
                    found.append((int(fields[4]) + int(fields[5]) / 1e6, int(fields[2]) / 1e3))
        return sorted(found)


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def initialise(test, duet, scale=1):
    done = subprocess.run(["pgbench", "-i", "-q", "-s", str(scale), duet.dsn()],
                          capture_output=True, text=True, timeout=seconds(120), check=False)
    test.assertEqual(done.returncode, 0, f"pgbench -i: {done.stderr}")
    if not DIRECT:
        duet.drain(120)
