import Document
import Injection
import Kubernetes
import VerneMQ

/// `inject` over whole inputs: rewrites each document, adds or removes what goes with it, and remembers the user's bytes.
struct StreamRewriting {
    /// One input after the fact.
    struct Result {
        var source: String
        var original: String
        var documents: [ManifestWriter.Document]
    }

    private let injection: ManifestInjection
    private let streams: [ManifestStream]
    private var companions: CompanionSet
    /// What there is to say about the objects, input by input.
    private(set) var findings: [LocatedFinding] = []
    /// The names of all StatefulSets in the inputs.
    let statefulSetNames: Set<String>
    private var workloads = 0
    private var stillLabelled: [String] = []

    init(injection: ManifestInjection, streams: [ManifestStream]) {
        self.injection = injection
        self.streams = streams
        let values = streams.flatMap(\.manifests).flatMap(\.documents).map(\.value)
        companions = CompanionSet(scanning: values)
        statefulSetNames = Set(values.flatMap(Self.statefulSets).compactMap { ObjectView($0).name })
    }

    /// Sentences for the user that are no findings.
    var notes: [String] {
        if injection.direction == .uninject {
            return stillLabelled.map {
                "StatefulSet \($0) still has label \(Label.inject.name)=\(Label.enabled): applied to a cluster as it is, it is "
                    + "injected again"
            } + companions.notes
        }
        guard workloads == 0 else { return companions.notes }
        guard !statefulSetNames.isEmpty else { return ["there is no StatefulSet in the input"] + companions.notes }
        let names = statefulSetNames.sorted().joined(separator: ", ")
        return [
            "no StatefulSet in the input (\(names)) has label \(Label.inject.name)=\(Label.enabled), so nothing was "
                + "changed: add the label, or name one with --label"
        ] + companions.notes
    }

    mutating func run() -> [Result] {
        var results = streams.map { rewrite($0) }
        if injection.direction == .uninject, injection.withCompanions {
            for index in results.indices {
                results[index].documents.removeAll { document in
                    document.value.map { companions.isCondemned($0) } ?? false
                }
            }
        }
        return results
    }

    private mutating func rewrite(_ stream: ManifestStream) -> Result {
        var documents: [ManifestWriter.Document] = []
        for manifest in stream.manifests {
            guard manifest.documents.count == 1, let only = manifest.documents.first else {
                documents.append(ManifestWriter.Document(untouched: manifest))
                continue
            }
            let outcome = injection.apply(to: only, source: stream.source, companions: &companions)
            findings += outcome.findings
            documents.append(ManifestWriter.Document(manifest, value: outcome.value))
            workloads += outcome.workloads.count
            stillLabelled += outcome.workloads.map(ObjectView.init).filter {
                $0.label(Label.inject.name) == Label.enabled
            }.map(\.displayName)
            guard injection.withCompanions, !outcome.hasCompanions else { continue }
            for workload in outcome.workloads {
                switch injection.direction {
                case .inject:
                    documents += companions.missing(for: workload).map { companion in
                        ManifestWriter.Document(adding: companion, like: manifest)
                    }
                case .uninject:
                    companions.condemn(for: workload)
                }
            }
        }
        let bytes = stream.manifests.flatMap(\.bytes)
        return Result(source: stream.source, original: String(decoding: bytes, as: UTF8.self), documents: documents)
    }

    private static func statefulSets(_ value: JSONValue) -> [JSONValue] {
        guard let kind = ObjectView(value).kind else { return [] }
        if kind.isSameKind(as: .statefulSet) { return [value] }
        guard kind.kind.hasSuffix("List") else { return [] }
        return (value["items"]?.arrayValue ?? []).filter { ObjectView($0).kind?.isSameKind(as: .statefulSet) == true }
    }
}
