import Document
import Kubernetes
import Testing

@Suite("Server-side apply")
struct ApplyTests {
    static let object: JSONValue = [
        "spec": [
            "replicas": 3,
            "containers": [
                ["name": "a", "image": "x", "ports": [["containerPort": 80, "protocol": "TCP"]]],
                ["name": "b,]\"", "image": "y"],
            ],
            "finalizers": ["one", "two"], "args": ["p", "q"], "labels": ["app.kubernetes.io/name": "n"],
        ]
    ]

    @Test(
        "a field that conflicts is taken out",
        arguments: [
            (".spec.replicas", "/spec/replicas"),
            (#".spec.containers[name="a"].image"#, "/spec/containers/0/image"),
            (#".spec.containers[name="b,]\""].image"#, "/spec/containers/1/image"),
            (
                #".spec.containers[name="a"].ports[containerPort=80,protocol="TCP"].protocol"#,
                "/spec/containers/0/ports/0/protocol"
            ),
            (#".spec.containers[name="a"]"#, "/spec/containers/0"),
            (#".spec.finalizers[="two"]"#, "/spec/finalizers/1"),
            (".spec.args[0]", "/spec/args/0"),
        ] as [(String, String)]
    )
    func removes(path: String, pointer: String) throws {
        let managed = try #require(ManagedFieldPath(path))
        let expected = try JSONPatch([.remove(path: try JSONPointer(parsing: pointer))]).apply(to: Self.object)
        #expect(managed.removed(from: Self.object) == expected)
        #expect(expected != Self.object)
    }

    @Test(
        "a path to what is not there takes nothing out",
        arguments: [".spec.size", ".spec.args[7]", ".status", #".spec.containers[name="z"].image"#]
    )
    func removesNothing(path: String) throws {
        #expect(try #require(ManagedFieldPath(path)).removed(from: Self.object) == Self.object)
    }

    @Test(
        "what is no path is not read as one",
        arguments: ["", "spec", ".", ".a[", ".a[]", ".a[x]", #".a[x="]"#, ".a[-1]", ".a..b"]
    )
    func malformed(text: String) {
        #expect(ManagedFieldPath(text) == nil)
    }

    @Test(
        "an object covers what it already says",
        arguments: [
            (#"{"spec":{"replicas":3}}"#, true),
            (#"{"spec":{"replicas":2}}"#, false),
            (#"{"spec":{"paused":true}}"#, false),
            (#"{"spec":{"strategy":{}}}"#, true),
            (#"{"spec":{"strategy":{"x":{}}}}"#, true),
            (#"{"spec":{"containers":[{"name":"b,]\"","image":"y"},{"name":"a"}]}}"#, true),
            (#"{"spec":{"containers":[{"name":"a","image":"y"}]}}"#, false),
            (#"{"spec":{"args":["p"]}}"#, false),
            (#"{"spec":{"args":["p","q"]}}"#, true),
            (#"{"spec":{"finalizers":[]}}"#, false),
            (#"{"spec":{"containers":"a"}}"#, false),
        ]
    )
    func covers(configuration: String, expected: Bool) throws {
        #expect(Self.object.covers(try JSONValue(parsing: configuration)) == expected)
    }
}
