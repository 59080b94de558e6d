import Document
import Kubernetes

extension KubeConfig {
    /// What a context says.
    ///
    /// - Parameter context: its name; nil for `current-context`.
    /// - Throws: everything that is wrong with it, its cluster and its user.
    public func configuration(context: String? = nil) throws(KubeConfigError) -> ClusterConfiguration {
        guard let name = context ?? currentContext else {
            throw Self.failure(
                "no context is chosen",
                "name one of \(list(contexts)), or \"kubectl config use-context\""
            )
        }
        guard let chosen = contexts[name] else {
            throw Self.failure("there is no context \"\(name)\"", "there are \(list(contexts))")
        }
        var resolution = Resolution()
        let cluster = resolution.find("cluster", of: chosen, among: clusters, named: list(clusters))
        let user = resolution.find("user", of: chosen, among: users, named: list(users), isRequired: false)
        let place = cluster.map { resolution.cluster($0) }
        let caller = user.map { resolution.user($0, cluster: cluster) }
        guard resolution.faults.isEmpty, let place, let server = place.server else {
            throw KubeConfigError(faults: resolution.faults)
        }
        let namespace = chosen.value["namespace"]?.stringValue ?? ""
        return ClusterConfiguration(
            server: server,
            trust: place.trust,
            serverName: place.serverName,
            clientCertificate: caller?.certificate,
            authorization: caller?.authorization ?? .none,
            namespace: namespace.isEmpty ? "default" : namespace,
            origin: "context \"\(name)\" of \(chosen.reader.path)"
        )
    }

    private static func failure(_ problem: String, _ remedy: String) -> KubeConfigError {
        KubeConfigError(faults: [.init(file: "", position: nil, problem: problem, remedy: remedy)])
    }

    private func list(_ entries: [String: Entry]) -> String {
        entries.isEmpty ? "none" : entries.keys.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
    }
}

/// Reads a context's cluster and user, and gathers what is wrong.
private struct Resolution {
    var faults: [KubeConfigError.Fault] = []

    struct Place {
        var server: ServerURL?
        var trust = ClusterConfiguration.Trust.system
        var serverName: String?
    }

    struct Caller {
        var certificate: ClusterConfiguration.ClientCertificate?
        var authorization = ClusterConfiguration.Authorization.none
    }

    mutating func find(
        _ member: String,
        of context: KubeConfig.Entry,
        among entries: [String: KubeConfig.Entry],
        named names: String,
        isRequired: Bool = true
    ) -> KubeConfig.Entry? {
        let name = context.value[member]?.stringValue ?? ""
        if name.isEmpty {
            if isRequired {
                faults.append(context.reader.fault(.root, "the context names no \(member)", "add one of \(names)"))
            }
            return nil
        }
        if let entry = entries[name] { return entry }
        faults.append(context.reader.fault([member], "there is no \(member) \"\(name)\"", "there are \(names)"))
        return nil
    }

    // MARK: Cluster

    mutating func cluster(_ entry: KubeConfig.Entry) -> Place {
        var place = Place()
        place.serverName = text("tls-server-name", of: entry)
        if let proxy = text("proxy-url", of: entry), !proxy.isEmpty {
            report(entry, "proxy-url", "connections through a proxy are not supported", "reach the API server directly")
        }
        if let url = text("server", of: entry) {
            place.server = ServerURL(url)
            if place.server == nil {
                report(entry, "server", "it is no address of an API server", "write https://host:port")
            }
        } else if faults.isEmpty || entry.value["server"] == nil {
            report(entry, "", "the cluster has no server", "add \"server: https://host:port\"")
        }
        let isInsecure = entry.value["insecure-skip-tls-verify"]?.boolValue ?? false
        if let authorities = material("certificate-authority", of: entry) {
            place.trust = .authorities(authorities)
            if isInsecure {
                let problem = "insecure-skip-tls-verify and certificate-authority exclude each other"
                report(entry, "insecure-skip-tls-verify", problem, "take one of them out")
            }
        } else if isInsecure {
            place.trust = .anybody
        }
        return place
    }

    // MARK: User

    mutating func user(_ entry: KubeConfig.Entry, cluster: KubeConfig.Entry?) -> Caller {
        var caller = Caller()
        let chain = material("client-certificate", of: entry)
        let key = material("client-key", of: entry)
        if let chain, let key {
            caller.certificate = .init(chain: chain, key: key)
        } else if chain != nil || key != nil {
            let missing = chain == nil ? "client-certificate" : "client-key"
            report(entry, "", "a certificate and its key belong together", "add \(missing) or \(missing)-data")
        }
        if let provider = entry.value["auth-provider"], !provider.isNull {
            let remedy = "Kubernetes 1.26 dropped them too: use \"exec\", as the vendor's documentation says"
            report(entry, "auth-provider", "auth-provider is not supported", remedy)
        }
        var forms: [ClusterConfiguration.Authorization] = []
        let token = text("token", of: entry).flatMap { $0.isEmpty ? nil : Secret($0) }
        if let file = text("tokenFile", of: entry), !file.isEmpty {
            forms.append(.tokenFile(entry.reader.resolve(file), fallback: token))
        } else if let token {
            forms.append(.token(token))
        }
        if let user = text("username", of: entry), !user.isEmpty {
            forms.append(.basic(user: user, password: Secret(text("password", of: entry) ?? "")))
        }
        if let plugin = entry.value["exec"], !plugin.isNull, let plugin = exec(plugin, of: entry, cluster: cluster) {
            forms.append(.plugin(plugin))
        }
        if forms.count > 1 {
            report(entry, "", "token, username and exec exclude each other", "leave one of them")
        }
        caller.authorization = forms.first ?? .none
        return caller
    }

    private mutating func exec(
        _ value: JSONValue,
        of entry: KubeConfig.Entry,
        cluster: KubeConfig.Entry?
    ) -> ExecPlugin? {
        let place = JSONPointer("exec")
        guard let command = value["command"]?.stringValue, !command.isEmpty else {
            faults.append(entry.reader.fault(place, "exec has no command", "name the program"))
            return nil
        }
        let spoken = value["apiVersion"]?.stringValue ?? ""
        guard let version = ExecPlugin.Version(rawValue: spoken) else {
            let versions = ExecPlugin.Version.allCases.map(\.rawValue).joined(separator: " or ")
            faults.append(
                entry.reader.fault(
                    place.appending("apiVersion"),
                    "exec speaks \"\(spoken)\"",
                    "\(versions) is understood"
                )
            )
            return nil
        }
        if value["interactiveMode"]?.stringValue == "Always" {
            let problem = "the plugin wants to talk to a person"
            faults.append(
                entry.reader.fault(place.appending("interactiveMode"), problem, "use one that does not, in a program")
            )
            return nil
        }
        var environment: [String: Secret<String>] = [:]
        for variable in value["env"]?.arrayValue ?? [] {
            guard let name = variable["name"]?.stringValue, !name.isEmpty, !name.contains("=") else {
                faults.append(
                    entry.reader.fault(place.appending("env"), "a variable of exec has no name", "add \"name:\"")
                )
                continue
            }
            environment[name] = Secret(variable["value"]?.stringValue ?? "")
        }
        let wantsCluster = value["provideClusterInfo"]?.boolValue ?? false
        return ExecPlugin(
            version: version,
            // A bare name is looked for on PATH; a relative path is relative to the kubeconfig.
            command: command.contains("/") ? entry.reader.resolve(command) : command,
            arguments: (value["args"]?.arrayValue ?? []).compactMap(\.stringValue),
            environment: environment,
            clusterInfo: wantsCluster ? cluster.map(Self.clusterInfo) : nil,
            installHint: value["installHint"]?.stringValue ?? ""
        )
    }

    /// `spec.cluster` of an ExecCredential: the cluster as it stands here, with the configuration for plugins.
    private static func clusterInfo(_ cluster: KubeConfig.Entry) -> JSONValue {
        var info = JSONObject()
        let members = [
            "server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url",
        ]
        for member in members {
            if let value = cluster.value[member], !value.isNull { info[member] = value }
        }
        let extensions = cluster.value["extensions"]?.arrayValue ?? []
        let own = extensions.first { $0["name"]?.stringValue == "client.authentication.k8s.io/exec" }
        if let configuration = own?["extension"] { info["config"] = configuration }
        return .object(info)
    }

    // MARK: Parts

    private mutating func report(_ entry: KubeConfig.Entry, _ member: String, _ problem: String, _ remedy: String) {
        faults.append(entry.reader.fault(member.isEmpty ? .root : [member], problem, remedy))
    }

    /// A string member. Numbers are taken as they stand: a password may look like one.
    private mutating func text(_ member: String, of entry: KubeConfig.Entry) -> String? {
        switch entry.value[member] {
        case nil, .null: return nil
        case .string(let text): return text
        case .integer(let number): return String(number)
        case .number(let text): return text
        case .bool, .array, .object:
            report(entry, member, "\(member) is no text", "put it in quotes")
            return nil
        }
    }

    /// Bytes that stand in `member-data` (Base64), which counts first, or in the file that `member` names.
    private mutating func material(_ member: String, of entry: KubeConfig.Entry) -> ClusterConfiguration.Material? {
        let data = "\(member)-data"
        if let text = text(data, of: entry), !text.isEmpty {
            let compact = String(text.filter { !$0.isWhitespace })
            if let bytes = Base64.decode(compact), !bytes.isEmpty { return .inline(Secret(bytes)) }
            report(entry, data, "\(data) is no Base64", "encode the PEM text with \"base64 -w0\"")
            return nil
        }
        guard let path = text(member, of: entry), !path.isEmpty else { return nil }
        return .file(entry.reader.resolve(path))
    }
}
