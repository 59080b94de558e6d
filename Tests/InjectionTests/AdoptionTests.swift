import Document
import Injection
import Testing
import VerneMQ

@Suite("Node names under existing data")
struct AdoptionTests {
    let injector = Injector(version: "1.0.0")

    /// What the broker's environment says about its name, the old scheme as the refusal names it, nil where labelling is
    /// allowed.
    struct Scheme: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var environment: JSONValue
        var refused: String?
    }

    static let schemes = [
        Scheme(testDescription: "the pod's address", environment: [], refused: "VerneMQ@<pod IP>"),
        Scheme(
            testDescription: "the image's discovery with the same domain",
            environment: [["name": "DOCKER_VERNEMQ_DISCOVERY_KUBERNETES", "value": "1"]]
        ),
        Scheme(
            testDescription: "a name from the pod's fields that is ours to the letter",
            environment: [
                ["name": "P", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]],
                ["name": "N", "valueFrom": ["fieldRef": ["fieldPath": "metadata.namespace"]]],
                ["name": "DOCKER_VERNEMQ_NODENAME", "value": "$(P).mqtt-headless.$(N).svc.cluster.local"],
            ]
        ),
        Scheme(
            testDescription: "a short name",
            environment: [
                ["name": "P", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]],
                ["name": "DOCKER_VERNEMQ_NODENAME", "value": "$(P).mqtt-headless"],
            ],
            refused: "VerneMQ@<pod>.mqtt-headless to"
        ),
        Scheme(
            testDescription: "a name from a Secret",
            environment: [
                ["name": "DOCKER_VERNEMQ_NODENAME", "valueFrom": ["secretKeyRef": ["name": "s", "key": "k"]]]
            ],
            refused: "VerneMQ@<value of DOCKER_VERNEMQ_NODENAME>"
        ),
        Scheme(
            testDescription: "a fixed name that refers to itself",
            environment: [["name": "DOCKER_VERNEMQ_NODENAME", "value": "$(DOCKER_VERNEMQ_NODENAME)"]],
            refused: "VerneMQ@"
        ),
    ]

    @Test("labelling a set with claim templates is refused where names would change", arguments: schemes)
    func adoption(scheme: Scheme) {
        let old = Manifests.unlabelled(Manifests.persistent).with {
            $0.editContainer { $0["env"] = scheme.environment }
        }
        // The name that the user set must go, because it is ours to set; the other variables stay.
        let rest = (scheme.environment.arrayValue ?? []).filter { $0["name"] != "DOCKER_VERNEMQ_NODENAME" }
        let new = Manifests.persistent.with { $0.editContainer { $0["env"] = .array(rest) } }
        let decision = injector.decide(new, old: old)
        guard let refused = scheme.refused else {
            #expect(decision.verdict == .injected, "\(decision.findings)")
            return
        }
        let errors = decision.findings.filter { $0.severity == .error }
        #expect(decision.verdict == .refused)
        #expect(errors.count == 1)
        #expect(errors.first?.path == "metadata.labels[vmq.k8s.vernemq.com/inject]")
        #expect(errors.first?.description.contains(refused) == true, "\(errors)")
        #expect(errors.first?.problem.contains("VerneMQ@<pod>.mqtt-headless.iot.svc.cluster.local") == true)
        let adopted = injector.decide(new.with { $0.annotate("adopt", "fresh-state") }, old: old)
        #expect(adopted.verdict == .injected)
        let created = injector.decide(new, old: nil)
        #expect(created.verdict == .injected, "nothing was there before")
    }

    @Test("data that dies with its pod knows no names")
    func ephemeral() {
        let decision = injector.decide(Manifests.ephemeral, old: Manifests.unlabelled(Manifests.ephemeral))
        #expect(decision.verdict == .injected)
    }

    @Test("the cluster domain cannot change under a running cluster, nor under data")
    func clusterDomain() {
        let stored = injector.inject(Manifests.persistent).object
        let changed = stored.with { $0.annotate("cluster-domain", "k8s.example") }
        let refused = injector.decide(changed, old: stored)
        #expect(refused.verdict == .refused)
        #expect(refused.findings.map(\.path) == ["metadata.annotations[vmq.k8s.vernemq.com/cluster-domain]"])

        let stopped = stored.with { $0["spec"]?["replicas"] = 0 }
        let stoppedChange = changed.with { $0["spec"]?["replicas"] = 0 }
        #expect(injector.decide(stoppedChange, old: stopped).findings.first?.remedy.contains("fresh-state") == true)
        #expect(
            injector.decide(stoppedChange.with { $0.annotate("adopt", "fresh-state") }, old: stopped).verdict
                == .injected
        )

        let ephemeral = injector.inject(Manifests.ephemeral.with { $0["spec"]?["replicas"] = 0 }).object
        #expect(
            injector.decide(ephemeral.with { $0.annotate("cluster-domain", "k8s.example") }, old: ephemeral).verdict
                == .injected
        )
        // Writing the default out changes nothing.
        #expect(
            injector.decide(stored.with { $0.annotate("cluster-domain", "cluster.local") }, old: stored).verdict
                == .injected
        )
    }
}
