"""What podman-py does with a service; arguments: its socket, an image. Fails at the first surprise."""

import sys

import podman

address, image = sys.argv[1:]
client = podman.PodmanClient(base_url=f"unix://{address}")
assert client.ping()
assert client.info()["host"]["cgroupVersion"] in ("v1", "v2")
network = client.networks.create("pp-net", labels={"a": "b"})
assert client.networks.get("pp-net").name == "pp-net"
assert client.networks.exists("pp-net")
container = client.containers.create(
    image,
    ["sh", "-c", "while true; do echo tick; sleep 0.2; done"],
    name="pp",
    environment={"A": "b"},
    labels={"l": "m"},
    mem_limit="64m",
    healthcheck={"test": ["CMD", "true"], "interval": 1_000_000_000},
    network_mode="bridge",
    networks={"pp-net": {"aliases": ["z"]}},
    working_dir="/tmp",
    restart_policy={"Name": "on-failure", "MaximumRetryCount": 2},
    hostname="host",
)
container.start()
assert container.inspect()["Config"]["Healthcheck"]["Interval"] == 1_000_000_000
assert [each.name for each in client.containers.list(filters={"label": "l=m"})] == ["pp"]
code, output = container.exec_run(["sh", "-c", "echo $A; echo e >&2; exit 4"], demux=True)
assert (code, output) == (4, (b"b\n", b"e\n")), (code, output)
assert b"tick\n" in next(container.logs(stream=True, follow=True))
assert "Stats" in next(container.stats(stream=True, decode=True))
assert container.top()["Titles"][0] == "USER"
assert container.get_archive("/etc/passwd")[1]["name"] == "passwd"
container.pause()
container.unpause()
container.rename("pp2")
container.commit("pp-image", "1")
assert client.images.exists("localhost/pp-image:1")
client.networks.get("podman").connect(container, aliases=["q"])
client.networks.get("podman").disconnect(container)

pod = client.pods.create("pp-pod")
client.containers.create(image, ["sleep", "100"], pod="pp-pod", name="member")
pod.start()
assert pod.top()["Processes"]
pod.pause()
pod.unpause()
pod.stop(timeout=0)
pod.remove(force=True)

client.secrets.create("pp-secret", b"hush")
assert client.secrets.get("pp-secret").name == "pp-secret"
client.secrets.remove("pp-secret")
manifest = client.manifests.create("pp-list:1", [image])
assert client.manifests.exists("pp-list:1")
client.manifests.remove("pp-list:1")
saved = b"".join(client.images.get("localhost/pp-image:1").save(named=True))
assert [each.tags for each in client.images.load(saved)]
container.stop(timeout=0)
container.restart(timeout=0)
container.kill()
container.remove(force=True, v=True)
client.images.remove("localhost/pp-image:1")
network.remove()
try:
    client.containers.get("nobody")
    raise SystemExit("something missing was found")
except podman.errors.NotFound:
    pass
assert client.containers.list(all=True) == []
print("done")
