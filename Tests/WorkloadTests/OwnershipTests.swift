import Document
import Testing
import Workload

/// What belongs to somebody else stays.
@Suite("What another manager owns")
struct OwnershipTests {
    let resource = WorkloadFaultTests.resource(["size": 3])

    private var set: DesiredObject {
        get throws { try #require(DesiredWorkload.make(from: resource, settings: []).objects.last) }
    }

    private func stored(
        _ set: DesiredObject,
        by manager: String,
        _ fields: JSONValue,
        _ change: (inout JSONValue) -> Void
    )
        -> JSONValue
    {
        var object = set.configuration
        change(&object)
        object["metadata"]?["managedFields"] = [
            ["manager": "vernemq-operator", "operation": "Apply", "fieldsV1": ["f:spec": ["f:replicas": [:]]]],
            ["manager": .string(manager), "operation": "Update", "fieldsV1": fields],
            [
                "manager": "kcm", "operation": "Update", "subresource": "status",
                "fieldsV1": ["f:spec": ["f:serviceName": [:]]],
            ],
        ]
        return object
    }

    @Test("a field that somebody has set to another value is not applied any more; equal values are shared")
    func scalar() throws {
        let set = try set
        let fields: JSONValue = ["f:spec": ["f:replicas": [:], "f:serviceName": [:]]]
        let object = stored(set, by: "kubectl-edit", fields) { $0["spec"]?["replicas"] = 7 }
        let result = set.yielding(to: object)
        #expect(result.yielded == ["spec.replicas"])
        var expected = set.configuration
        expected["spec"]?["replicas"] = nil
        #expect(result.object.configuration == expected)
    }

    @Test("in lists, only the field of the element that somebody owns")
    func element() throws {
        let set = try set
        let key = "k:{\"name\":\"vernemq\"}"
        let fields: JSONValue = [
            "f:spec": [
                "f:template": [
                    "f:spec": ["f:containers": [key: [".": [:], "f:name": [:], "f:image": [:]]]]
                ]
            ]
        ]
        let object = stored(set, by: "image-updater", fields) { object in
            object["spec"]?["template"]?["spec"]?["containers"]?[0]?["image"] = "x:1"
        }
        let result = set.yielding(to: object)
        #expect(result.yielded == ["spec.template.spec.containers[vernemq].image"])
        let container = result.object.configuration["spec"]?["template"]?["spec"]?["containers"]?[0]
        #expect(container?["image"] == nil)
        #expect(container?["name"] == "vernemq")
        #expect(container?["ports"] != nil)
    }

    @Test("an object that nobody else has touched is applied whole")
    func whole() throws {
        let set = try set
        #expect(set.yielding(to: set.configuration).object == set)
        #expect(set.yielding(to: stored(set, by: "x", ["f:metadata": ["f:labels": [".": [:]]]]) { _ in }).object == set)
    }

    static let claims: [(String, @Sendable (inout JSONValue, inout JSONValue) -> Void, ManagedElsewhere.Reason?)] = [
        ("nothing", { _, _ in }, nil),
        (
            "status",
            { resource, _ in
                resource["metadata"]?["managedFields"] = [
                    ["manager": "manager", "operation": "Update", "fieldsV1": ["f:status": ["f:nodes": [:]]]]
                ]
            }, .statusWriter
        ),
        (
            "own status",
            { resource, _ in
                resource["metadata"]?["managedFields"] = [
                    ["manager": "vernemq-operator", "operation": "Apply", "fieldsV1": ["f:status": [:]]],
                    ["manager": "kubectl-edit", "operation": "Update", "fieldsV1": ["f:status": [:]]],
                ]
            }, nil
        ),
        ("foreign", { _, set in set["metadata"]?["ownerReferences"] = nil }, .foreignObject),
        ("other uid", { _, set in set["metadata"]?["ownerReferences"]?[0]?["uid"] = "old" }, .previousOwner),
        (
            "other kind",
            { _, set in
                set["metadata"]?["ownerReferences"]?[0]?["kind"] = "Other"
                set["metadata"]?["ownerReferences"]?[0]?["uid"] = "old"
            }, .foreignObject
        ),
        ("not controller", { _, set in set["metadata"]?["ownerReferences"]?[0]?["controller"] = nil }, .foreignObject),
    ]

    @Test("who else is at work is found, and consent ends it but for the garbage collector", arguments: 0..<7)
    func others(index: Int) throws {
        let (name, change, reason) = Self.claims[index]
        var resource = resource
        var object = try set.configuration
        change(&resource, &object)
        let found = ManagedElsewhere.find(resource, observed: [object])
        #expect(found?.reason == reason, "\(name)")
        resource["metadata"]?["annotations"] = ["vmq.k8s.vernemq.com/take-over": "true"]
        let consented = ManagedElsewhere.find(resource, observed: [object])
        #expect(consented?.reason == (reason == .previousOwner ? reason : nil), "\(name)")
    }

    @Test("a StatefulSet that the resource refers to is the user's, and no obstacle")
    func referenced() throws {
        let fixture = try Fixture.named("referenced")
        #expect(ManagedElsewhere.find(fixture.resource, observed: [try #require(fixture.statefulSet)]) == nil)
    }
}
