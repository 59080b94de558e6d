extension PluginSource {
    /// What is wrong with, or unwise in, a source whose structure is right. Nothing here may reach a shell, an option
    /// parser or a path outside the repository as anything but what it looks like.
    func check(at path: String, policy: PluginPolicy) -> [Finding] {
        var findings: [Finding] = []
        func fault(_ field: String, _ value: String?, _ fault: Fault?) {
            guard let fault else { return }
            let shown = value.map(\.shortened)
            findings.append(
                Finding(.error, path: "\(path).\(field)", value: shown, problem: fault.problem, remedy: fault.remedy)
            )
        }
        fault("applicationName", applicationName, Self.fault(inApplicationName: applicationName))
        let url = GitURL.fault(in: repositoryURL)
        fault("repoURL", url?.revealsSecret == true ? nil : repositoryURL, url.map { Fault($0.problem, $0.remedy) })
        if url == nil { fault("repoURL", repositoryURL, policy.fault(in: repositoryURL)) }
        fault(
            "version",
            version,
            versionType == .commit ? Self.fault(inCommit: version) : GitReference.fault(in: version)
        )
        fault("subdirectory", subdirectory, subdirectory.flatMap(Self.fault(inSubdirectory:)))
        fault("credentialsSecretRef.name", credentialsSecret, credentialsSecret.flatMap(Self.fault(inSecretName:)))
        if let builderImage, ImageReference(builderImage) == nil || builderImage.hasPrefix("-") {
            fault(
                "builderImage",
                builderImage,
                Fault("not an image reference", "must be [registry/]path[:tag][@digest]")
            )
        }
        if findings.isEmpty, let problem = whatCanMove {
            findings.append(
                Finding(
                    .warning,
                    path: "\(path).version",
                    value: version.shortened,
                    problem: problem,
                    remedy: versionType == .commit ? "give all 40 digits" : "name a commit"
                )
            )
        }
        return findings
    }

    /// Why this version may be other code tomorrow, nil if it cannot be.
    private var whatCanMove: String? {
        guard versionType == .commit else {
            return "a \(versionType.rawValue) can move, so two pods may run different code"
        }
        guard version.utf8.count != 40, version.utf8.count != 64 else { return nil }
        return
            "whoever may push there can make another commit whose id begins so, and it needs the network at every start"
    }

    struct Fault {
        var problem: String
        var remedy: String

        init(_ problem: String, _ remedy: String) {
            self.problem = problem
            self.remedy = remedy
        }
    }

    /// The longest name that fits into the names of the volume (`vernemq-operator-git-…`) and container that are made of it.
    private static let longestApplicationName = 63 - "vernemq-operator-git-".utf8.count

    private static func fault(inApplicationName name: String) -> Fault? {
        let remedy =
            "must begin with a lower-case letter, go on with letters, digits and single underscores, and end in no underscore"
        let isWord = name.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
        guard isWord, let first = name.utf8.first, first.isASCIILetter, first >= UInt8(ascii: "a"),
            !name.contains("__"), !name.hasSuffix("_")
        else { return Fault("not a usable application name", remedy) }
        // The official image turns variables into settings and drops those whose text holds one of these words.
        let dropped = ["DISCOVERY_NODE", "KUBERNETES", "SWARM", "COMPOSE", "DOCKER_VERNEMQ"]
        if let word = dropped.first(where: name.contains) {
            return Fault("has \(word) in it, and the image ignores settings that do", "rename the application")
        }
        guard !BundledApplications.contains(name) else {
            return Fault("an application of VerneMQ or Erlang/OTP itself", "rename the application")
        }
        guard name.utf8.count <= longestApplicationName else {
            return Fault("too long for the names made of it", "must have at most \(longestApplicationName) characters")
        }
        return nil
    }

    private static func fault(inCommit id: String) -> Fault? {
        let isHex = id.utf8.allSatisfy { $0.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
        guard isHex, (7...64).contains(id.utf8.count) else {
            return Fault("not a commit id", "must be 7 to 64 lower-case hexadecimal digits, best all 40")
        }
        return nil
    }

    private static func fault(inSubdirectory path: String) -> Fault? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !path.hasPrefix("/"), !path.hasPrefix("-"), path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
            !parts.contains(where: { $0 == ".." || $0 == "." || $0.isEmpty || $0 == ".git" }), path.utf8.count <= 1024
        else {
            return Fault("not a directory inside the repository", "must be a relative path without . and .. parts")
        }
        return nil
    }

    private static func fault(inSecretName name: String) -> Fault? {
        DNSName.isSubdomain(name) ? nil : Fault("not the name of a Secret", DNSName.subdomainRule)
    }
}
