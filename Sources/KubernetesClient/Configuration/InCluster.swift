public import Transport

extension ClusterConfiguration {
    /// Where kubelet puts a service account's token and the cluster's authority.
    public static let serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// What a pod finds about its cluster: the address in its environment, token and authority in files, which are read
    /// again as kubelet renews them.
    ///
    /// - Parameters:
    ///   - directory: where token, authority and namespace are.
    ///   - environment: where `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT` are looked up.
    /// - Throws: what is missing.
    public static func inCluster(
        from directory: String = serviceAccountDirectory,
        environment: (String) -> String? = Subprocess.environmentValue
    ) throws(KubeConfigError) -> ClusterConfiguration {
        var faults: [KubeConfigError.Fault] = []
        let host = environment("KUBERNETES_SERVICE_HOST") ?? ""
        let portText = environment("KUBERNETES_SERVICE_PORT") ?? ""
        if host.isEmpty {
            faults.append(
                fault("KUBERNETES_SERVICE_HOST is not set", "outside of a cluster, name a kubeconfig (--kubeconfig)")
            )
        }
        let port = UInt16(portText) ?? 0
        if port == 0, !host.isEmpty {
            faults.append(fault("KUBERNETES_SERVICE_PORT is no port", "it is set by kubelet: do not overwrite it"))
        }
        for name in ["token", "ca.crt"] where !host.isEmpty {
            do throws(TransportError) { _ = try FileContents.read("\(directory)/\(name)") } catch {
                let remedy = "give the pod a service account, and set automountServiceAccountToken"
                faults.append(fault("\(error)", remedy, file: "\(directory)/\(name)"))
            }
        }
        guard faults.isEmpty else { throw KubeConfigError(faults: faults) }
        return ClusterConfiguration(
            server: ServerURL(host: host, port: port),
            trust: .authorities(.file("\(directory)/ca.crt")),
            authorization: .tokenFile("\(directory)/token", fallback: nil),
            namespace: namespace(in: directory),
            origin: "the pod's service account"
        )
    }

    /// What a program run by a person or a pod means without being told: `--kubeconfig` or `KUBECONFIG` if there is one,
    /// the cluster that it runs in, else `~/.kube/config`.
    ///
    /// - Parameters:
    ///   - kubeconfig: the path of a kubeconfig; nil for none.
    ///   - context: the context in it; nil for the current one.
    ///   - environment: where variables are looked up.
    public static func automatic(
        kubeconfig: String? = nil,
        context: String? = nil,
        environment: (String) -> String? = Subprocess.environmentValue
    ) throws(KubeConfigError) -> ClusterConfiguration {
        let isNamed = kubeconfig != nil || context != nil || !(environment("KUBECONFIG") ?? "").isEmpty
        let isInCluster = !(environment("KUBERNETES_SERVICE_HOST") ?? "").isEmpty
        if !isNamed, isInCluster { return try inCluster(environment: environment) }
        return try KubeConfig.load(path: kubeconfig, environment: environment).configuration(context: context)
    }

    private static func namespace(in directory: String) -> String {
        do throws(TransportError) {
            let text = String(decoding: try FileContents.read("\(directory)/namespace"), as: UTF8.self)
                .trimmingWhitespace
            return text.isEmpty ? "default" : text
        } catch {
            // Only tokens that are projected by hand come without it; whoever needs another namespace says so.
            return "default"
        }
    }

    private static func fault(_ problem: String, _ remedy: String, file: String = "") -> KubeConfigError.Fault {
        KubeConfigError.Fault(file: file, position: nil, problem: problem, remedy: remedy)
    }
}
