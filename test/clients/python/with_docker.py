"""What docker-py does with a service at DOCKER_HOST; argument: an image. Fails at the first surprise."""

import io
import sys
import tarfile

import docker

image = sys.argv[1]
client = docker.from_env()
assert client.ping()
assert client.containers.run(image, ["echo", "hi"], remove=True) == b"hi\n"
try:
    client.containers.run(image, ["sh", "-c", "exit 3"], remove=True)
    raise SystemExit("an exit code was not told")
except docker.errors.ContainerError as error:
    assert error.exit_status == 3, error

network = client.networks.create("py-net", labels={"a": "b"})
volume = client.volumes.create("py-volume")
container = client.containers.run(
    image,
    ["sh", "-c", "while true; do echo tick; sleep 0.2; done"],
    name="py",
    detach=True,
    network="py-net",
    volumes={"py-volume": {"bind": "/d", "mode": "rw"}},
    environment={"A": "b"},
    labels={"l": "m"},
    mem_limit="64m",
    nano_cpus=500_000_000,
    healthcheck={"test": ["CMD", "true"], "interval": 1_000_000_000},
)
assert [each.name for each in client.containers.list(filters={"label": "l=m"})] == ["py"]
result = container.exec_run(["sh", "-c", "echo $A; echo e >&2; exit 4"], demux=True)
assert (result.exit_code, result.output) == (4, (b"b\n", b"e\n")), result
assert container.exec_run("tty", tty=True).output.startswith(b"/dev/pts/")
assert b"tick\n" in next(container.logs(stream=True, follow=True))
assert container.stats(stream=False)["precpu_stats"]["cpu_usage"]["total_usage"] > 0
assert next(container.stats(stream=True, decode=True))["memory_stats"]["usage"] > 0
archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w") as tar:
    member = tarfile.TarInfo("f")
    member.size = 3
    tar.addfile(member, io.BytesIO(b"abc"))
assert container.put_archive("/d", archive.getvalue())
assert container.get_archive("/d/f")[1]["size"] == 3
container.update(mem_limit="80m", memswap_limit="160m")
container.rename("py2")
container.reload()
assert container.name == "py2" and container.attrs["HostConfig"]["Memory"] == 80 * 1024**2
committed = container.commit("py-image", "1", changes="LABEL z=y")
assert committed.labels["z"] == "y"
bridge = client.networks.get("bridge")
bridge.connect(container, aliases=["q"])
bridge.disconnect(container)
network.reload()
assert [each.name for each in network.containers] == ["py2"]

attached = client.containers.create(image, "cat", stdin_open=True, name="attached")
socket = attached.attach_socket(params={"stdin": 1, "stdout": 1, "stream": 1})
attached.start()
socket._sock.sendall(b"hello\n")
assert socket._sock.recv(100).endswith(b"hello\n")
socket.close()
attached.kill()
assert attached.wait()["StatusCode"] == 137
attached.remove()

saved = b"".join(client.images.get("py-image:1").save(named=True))
client.images.remove("py-image:1", force=True)
assert "py-image:1" in client.images.load(saved)[0].tags
client.images.remove("py-image:1")
for missing in (lambda: client.containers.get("nobody"), lambda: client.images.get("nothing")):
    try:
        missing()
        raise SystemExit("something missing was found")
    except docker.errors.NotFound:
        pass
container.stop(timeout=0)
container.remove(v=True)
volume.remove()
network.remove()
assert client.containers.list(all=True) == []
print("done")
