import Document
import VerneMQ

extension BrokerContainer {
    /// Finds the broker's container: the one that the annotation names, else the one named `vernemq`, else the one whose
    /// image is a VerneMQ image, else the only one. Whatever is not clear is an error, never a guess.
    static func choose(in template: JSONValue, named annotation: String?) throws(FindingError) -> BrokerContainer {
        let containers = PodTemplateView(template).containers
        let names = containers.map { $0["name"]?.stringValue ?? "" }
        let list = "spec.template.spec.containers"
        func container(at index: Int) -> BrokerContainer {
            BrokerContainer(value: containers[index], name: names[index], path: "\(list)[\(index)]")
        }
        if let annotation {
            if let index = names.firstIndex(of: annotation), !annotation.isEmpty { return container(at: index) }
            throw FindingError(
                Finding(
                    .error,
                    path: Annotation.container.path,
                    value: annotation.shortened,
                    problem: "no container has this name",
                    remedy: Suggestion.remedy(for: annotation, among: names)
                )
            )
        }
        if let index = names.firstIndex(of: "vernemq") { return container(at: index) }
        let brokers = containers.indices.filter { index in
            containers[index]["image"]?.stringValue.flatMap(ImageReference.init)?.isVerneMQ ?? false
        }
        let candidates = brokers.isEmpty ? Array(containers.indices) : brokers
        if candidates.count == 1, let index = candidates.first, !names[index].isEmpty { return container(at: index) }
        let problem =
            switch (containers.isEmpty, brokers.isEmpty) {
            case (true, _): "there is no container"
            case (false, true): "which container is the broker is not clear"
            case (false, false): "several containers have a VerneMQ image"
            }
        let quoted = candidates.map { "\"\(names[$0])\"" }.joined(separator: " or ")
        let remedy =
            containers.isEmpty
            ? "add the broker's container"
            : "name the broker \"vernemq\", or set the annotation \(Annotation.container.name) to \(quoted)"
        throw FindingError(Finding(.error, path: list, problem: problem, remedy: remedy))
    }
}

/// A single finding as an error, for steps that cannot go on without what they look for.
struct FindingError: Error, Sendable, Hashable {
    var finding: Finding

    init(_ finding: Finding) {
        self.finding = finding
    }
}
