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
