import Document
import VerneMQ

/// What a StatefulSet asks for, with everything that is wrong with it.
struct InjectionRequest {
    var settings: Settings
    /// The broker's container, nil if it is not clear which one it is.
    var broker: BrokerContainer?
    var findings: [Finding]

    /// - Parameters:
    ///   - set: the object, its template without an injection.
    ///   - old: the object that is stored, nil on CREATE.
    ///   - policy: where plugins may come from.
    init(_ set: StatefulSetView, old: StatefulSetView?, policy: PluginPolicy) {
        let structure = TemplateStructure.check(set)
        var findings = structure
        settings = Settings(of: set, policy: policy, findings: &findings)
        findings += NameChecks.check(set)
        guard structure.isEmpty else {
            self.findings = findings  // an object of the wrong shape can tell nothing more
            return
        }
        do {
            let broker = try BrokerContainer.choose(in: set.template, named: set.annotation(.container))
            self.broker = broker
            findings += TemplateStructure.check(broker)
            findings += ReservedNames.check(set, broker: broker, plugins: settings.plugins)
            findings += HandlerChecks.check(broker)
            findings += PodChecks.check(set, broker: broker, settings: settings)
            if let old {
                findings += AdoptionChecks.check(set, broker: broker, old: old, settings: settings)
            }
        } catch {
            findings.append(error.finding)
        }
        self.findings = findings
    }

    /// What is wrong with labels and annotations and was not so before: what was accepted once stands in nobody's way.
    static func newFaults(of set: StatefulSetView, old: StatefulSetView, policy: PluginPolicy) -> [Finding] {
        guard set.ownNames != old.ownNames else { return [] }
        func faults(of set: StatefulSetView) -> [Finding] {
            var findings: [Finding] = []
            _ = Settings(of: set, policy: policy, findings: &findings)
            return findings + NameChecks.check(set)
        }
        let before = faults(of: old)
        return faults(of: set).filter { !before.contains($0) }
    }
}
