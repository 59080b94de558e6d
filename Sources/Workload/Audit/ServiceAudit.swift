import Document
import Kubernetes

/// Looks at the governing Service, which gives brokers the names under which they find each other.
enum ServiceAudit {
    static func concerns(of set: AuditedSet, services: [JSONValue]) -> [Concern] {
        let name = set.serviceName
        guard !name.isEmpty else { return [] }  // an error of the manifest, found by the injection
        guard let service = services.first(where: { ObjectView($0).name == name }) else {
            return [
                Concern(
                    .governingServiceMissing,
                    "There is no Service \(name), so brokers have no names under which to find each other.",
                    remedy:
                        "create it with clusterIP: None, publishNotReadyAddresses: true and the pods' labels as selector"
                )
            ]
        }
        var concerns: [Concern] = []
        let spec = service["spec"]
        if spec?["clusterIP"]?.stringValue != "None" {
            concerns.append(
                Concern(
                    .governingServiceNotHeadless,
                    "The Service \(name) is not headless, so the names of pods do not resolve.",
                    remedy: "make it anew with clusterIP: None; the field cannot be changed"
                )
            )
        }
        if spec?["publishNotReadyAddresses"]?.boolValue != true {
            concerns.append(
                Concern(
                    .governingServiceHidesUnready,
                    "The Service \(name) hides pods that are not ready, and brokers must find each other to become ready.",
                    remedy: "kubectl patch service \(name)\(set.namespaceOption) --type merge "
                        + "--patch '{\"spec\":{\"publishNotReadyAddresses\":true}}'"
                )
            )
        }
        let selector = spec?["selector"]?.objectValue ?? [:]
        if selector.isEmpty || !selector.allSatisfy({ label, value in set.podLabels[label] == value }) {
            concerns.append(
                Concern(
                    .governingServiceSelectsOthers,
                    "The Service \(name) does not select the pods, so their names do not resolve.",
                    remedy: "set its selector to labels of the pod template"
                )
            )
        }
        return concerns
    }
}
