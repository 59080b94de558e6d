import Document
import VerneMQ

/// Makes the StatefulSet of a resource, plain and labelled: the webhook injects it like any other.
enum StatefulSetPlan {
    static func statefulSet(_ resource: ClusterResource, template: PodTemplatePlan) -> JSONValue {
        let names = WorkloadNames(resource)
        let claims = template.storage.claimTemplates
        let annotations = annotations(resource)
        return [
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": WorkloadMetadata.make(
                names.statefulSet,
                resource,
                labels: [(Label.inject.name, Label.enabled)],
                annotations: annotations
            ),
            "spec": .members([
                ("serviceName", .string(names.governingService)),
                ("replicas", .integer(resource.size)),
                ("podManagementPolicy", "Parallel"),
                ("updateStrategy", ["type": "RollingUpdate"]),
                ("selector", ["matchLabels": .strings(WorkloadLabels.selector(resource))]),
                ("template", template.template),
                ("volumeClaimTemplates", claims.isEmpty ? nil : .array(claims)),
            ]),
        ]
    }

    /// The annotations through which a resource reaches its StatefulSet: what its fields say, else its own annotations.
    static func annotations(_ resource: ClusterResource) -> [(String, String)] {
        var values: [Annotation: String] = [:]
        for annotation in passedOn { values[annotation] = resource.annotation(annotation) }
        if let domain = resource.text("clusterDomain") { values[.clusterDomain] = domain }
        if let name = resource.spec("configFrom")?["configMapRef"]?["name"]?.stringValue { values[.config] = name }
        if let plugins = plugins(resource) { values[.plugins] = plugins }
        return values.map { ($0.key.name, $0.value) }.sorted { $0.0 < $1.0 }
    }

    /// Annotations of the resource that mean the same on its StatefulSet.
    private static let passedOn: [Annotation] = [
        .joinTimeout, .leaveTimeout, .leave, .adopt, .injection, .clusterDomain, .config, .plugins,
    ]

    /// The list of plugins as YAML, its members in the order of the structure whatever the order in the resource: the text
    /// is part of what pins a template.
    private static func plugins(_ resource: ClusterResource) -> String? {
        let sources = resource.list("externalPlugins")
        guard !sources.isEmpty else { return nil }
        let entries = sources.map { source -> JSONValue in
            .members(
                PluginSource.fields.map { field in
                    (field.name, source[field.name]?.unlessNull)
                }
            )
        }
        return YAMLDocument.serialize(.array(entries))
    }
}

/// `metadata` of what is made.
enum WorkloadMetadata {
    static func make(
        _ name: String,
        _ resource: ClusterResource,
        labels: [(String, String)] = [],
        annotations: [(String, String)] = []
    ) -> JSONValue {
        .members([
            ("name", .string(name)),
            ("namespace", resource.namespace.map(JSONValue.string)),
            ("labels", .strings(WorkloadLabels.common(resource) + labels)),
            ("annotations", annotations.isEmpty ? nil : .strings(annotations)),
            ("ownerReferences", resource.ownerReference.map { .array([$0]) }),
        ])
    }
}
