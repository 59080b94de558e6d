import Document

/// Helm, on the suite's control plane.
struct Helm: Sendable {
    /// What it connects with.
    let kubeconfig: String
    /// Where its releases are.
    let namespace: String

    /// Installs a release.
    @discardableResult
    func install(_ release: String, _ chart: String, values: JSONValue = [:]) async throws -> String {
        try await run(["install", release, chart, "--values", "-"], input: values.serializedString())
    }

    /// Upgrades a release.
    @discardableResult
    func upgrade(_ release: String, _ chart: String, values: JSONValue = [:]) async throws -> String {
        try await run(["upgrade", release, chart, "--values", "-"], input: values.serializedString())
    }

    /// Tries to upgrade a release, which has to fail, and returns why it did.
    func refusal(_ release: String, _ chart: String, values: JSONValue) async throws -> String {
        let output = try await Subprocess.run(
            Repository.script("helm"),
            place(["upgrade", release, chart, "--values", "-"]),
            input: values.serializedString()
        )
        guard output.status != 0 else { throw UnexpectedSuccess(output: output) }
        return output.standardError
    }

    /// Goes back to the revision before.
    func rollback(_ release: String, to revision: Int) async throws {
        try await run(["rollback", release, "\(revision)"])
    }

    /// Takes a release away.
    func uninstall(_ release: String) async throws {
        try await run(["uninstall", release])
    }

    @discardableResult
    private func run(_ arguments: [String], input: String = "") async throws -> String {
        try await Subprocess.output(Repository.script("helm"), place(arguments), input: input)
    }

    private func place(_ arguments: [String]) -> [String] {
        arguments + ["--kubeconfig", kubeconfig, "--namespace", namespace]
    }
}

extension TestBed {
    /// Helm in the namespace of a test's kubectl.
    func helm(in kubectl: Kubectl) -> Helm {
        Helm(kubeconfig: plane.kubeconfig, namespace: kubectl.namespace ?? "default")
    }

    /// What is in a namespace beyond what Kubernetes itself puts there.
    func contents(of kubectl: Kubectl) async throws -> Set<String> {
        let kinds = try await kubectl("api-resources", "--namespaced", "--verbs=list,create", "-o", "name")
            .split(separator: "\n").filter { !$0.hasPrefix("events") }.joined(separator: ",")
        let names = try await kubectl("get", kinds, "-o", "name", "--ignore-not-found").split(separator: "\n")
        return Set(names.map(String.init)).filter { name in
            !["configmap/kube-root-ca.crt", "serviceaccount/default"].contains(name)
                && !name.hasPrefix("secret/default-token-") && !name.hasPrefix("event.events.k8s.io/")
        }
    }

    /// What a release has outside of namespaces.
    func clusterObjects(ofRelease release: String) async throws -> Set<String> {
        let kinds = [
            "clusterroles", "clusterrolebindings", "mutatingwebhookconfigurations", "validatingwebhookconfigurations",
        ]
        let names = try await plane.kubectl(
            "get",
            kinds.joined(separator: ","),
            "-o",
            "name",
            "--selector",
            "app.kubernetes.io/instance=\(release)"
        )
        return Set(names.split(separator: "\n").map(String.init))
    }
}
