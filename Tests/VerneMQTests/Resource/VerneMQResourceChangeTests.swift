import Document
import Testing
import VerneMQ

@Suite("Changes of a VerneMQ resource")
struct VerneMQResourceChangeTests {
    private static func findings(_ old: String, _ new: String) throws -> [Finding] {
        let eula = "env: [{name: DOCKER_VERNEMQ_ACCEPT_EULA, value: 'yes'}], version: 2.1.1"
        let before = try VerneMQResourceTests.resource("{\(eula), \(old)}")
        let after = try VerneMQResourceTests.resource("{\(eula), \(new)}")
        return VerneMQResource.validate(after, old: before)
    }

    private static let claim = "storage: {volumeClaimTemplate: {spec: {resources: {requests: {storage: 10Gi}}}}}"

    @Test(
        "what cannot change is refused with the way out",
        arguments: [
            ("size: 3", "size: 3, \(claim)", "spec.storage", "create another resource"),
            ("size: 3, \(claim)", "size: 3", "spec.storage", "put it back"),
            (
                "size: 3, \(claim)", "size: 3, \(claim.replacing("10Gi", with: "20Gi"))", "spec.storage",
                "grow the claims"
            ),
            ("size: 3", "size: 3, clusterDomain: example.org", "spec.clusterDomain", "scale to 0 first"),
            ("size: 3, clusterDomain: a.b", "size: 3", "spec.clusterDomain", "put back a.b"),
            ("size: 3, \(claim)", "size: 3, storage: {emptyDir: {}}", "spec.storage", "put it back"),
            ("size: 0, \(claim)", "size: 0, \(claim), clusterDomain: a.b", "spec.clusterDomain", "fresh-state"),
            ("size: 3", "statefulSetRef: {name: x}", "spec.statefulSetRef", "create it anew"),
            ("statefulSetRef: {name: x}", "size: 3", "spec.size", "create it anew"),
            (
                "statefulSetRef: {name: x}", "statefulSetRef: {name: second}", "spec.statefulSetRef.name",
                "another resource"
            ),
        ]
    )
    func immutable(old: String, new: String, path: String, words: String) throws {
        let findings = try Self.findings(old, new).filter { $0.severity == .error }
        #expect(findings.map(\.path) == [path], "\(findings)")
        #expect(findings.first?.remedy.contains(words) == true, "\(findings)")
    }

    @Test(
        "what may change is allowed without a word",
        arguments: [
            ("size: 3", "size: 5"), ("size: 5", "size: 4"), ("size: 3", "size: 3, restartPolicy: Rolling"),
            ("size: 3", "size: 3, clusterDomain: cluster.local"), ("size: 0", "size: 0, clusterDomain: example.org"),
            ("size: 3, \(claim)", "size: 4, \(claim)"), ("size: 3", "size: 3, storage: {emptyDir: {sizeLimit: 1Gi}}"),
            ("size: 3", "size: 3, nodeSelector: {a: b}"),
        ]
    )
    func allowed(old: String, new: String) throws {
        #expect(try Self.findings(old, new) == [])
    }

    @Test("the domain of a StatefulSet of the user's own may change: that set's webhook knows whether it has brokers")
    func domainOfAnother() throws {
        let old = try VerneMQResourceTests.resource("{statefulSetRef: {name: x}, version: 2.1.1}")
        var new = old
        new["spec"]?["clusterDomain"] = "example.org"
        #expect(VerneMQResource.validate(new, old: old) == [])
    }

    @Test("new names on old volumes need a consent, and an annotation names the domain as well as the field does")
    func consent() throws {
        let eula = "size: 0, env: [{name: DOCKER_VERNEMQ_ACCEPT_EULA, value: 'yes'}], version: 2.1.1, \(Self.claim)"
        let old = try VerneMQResourceTests.resource("{\(eula)}")
        var new = try VerneMQResourceTests.resource("{\(eula), clusterDomain: a.b}")
        new["metadata"]?["annotations"] = ["vmq.k8s.vernemq.com/adopt": "fresh-state"]
        #expect(VerneMQResource.validate(new, old: old) == [])
        var named = old
        named["metadata"]?["annotations"] = ["vmq.k8s.vernemq.com/cluster-domain": "a.b"]
        new["metadata"]?["annotations"] = nil
        #expect(VerneMQResource.validate(new, old: named) == [])
    }

    @Test(
        "a steep way down is warned of",
        arguments: [
            ("size: 3", "size: 0", "stops the whole cluster"), ("size: 6", "size: 3", "takes 3 of 6"),
            ("size: 5", "size: 2", "takes 3 of 5"), ("size: 3", "size: 1", "takes 2 of 3"),
        ]
    )
    func scaleDown(old: String, new: String, words: String) throws {
        let findings = try Self.findings(old, new)
        #expect(findings.contains { $0.path == "spec.size" && $0.problem.contains(words) }, "\(findings)")
        #expect(findings.allSatisfy { $0.severity == .warning })
    }

    @Test("a change of settings says what applies live and what waits for a restart")
    func settings() throws {
        let findings = try Self.findings(
            "size: 3, config: {configs: [{name: max_inflight_messages, value: '20'}, {name: systree_interval, value: '1000'}]}",
            """
            size: 3, config: {configs: [{name: max_inflight_messages, value: '30'}, \
            {name: max_message_size, value: '1000'}, {name: leveldb.maximum_memory.percent, value: '20'}], \
            listeners: [{address: 0.0.0.0, port: 1885}]}
            """
        )
        let live = try #require(findings.first { $0.problem.contains("running brokers") }, "\(findings)")
        #expect(live.problem.contains("max_inflight_messages") && live.problem.contains("listener.tcp."), "\(live)")
        let restart = try #require(findings.first { $0.problem.contains("restarts") }, "\(findings)")
        #expect(restart.problem.contains("leveldb.maximum_memory.percent"), "\(restart)")
        #expect(findings.allSatisfy { $0.severity == .warning })
    }

    @Test("what was wrong before stands in nobody's way while the spec stays as it is")
    func untouched() throws {
        var resource = try VerneMQResourceTests.resource("{size: 3, clusterDomain: -x-, sise: 1}")
        let old = resource
        resource["metadata"]?["labels"] = ["a": "b"]
        #expect(VerneMQResource.validate(resource, old: old) == [])
        resource["spec"]?["size"] = 4
        #expect(VerneMQResource.validate(resource, old: old).contains { $0.severity == .error })
    }
}
