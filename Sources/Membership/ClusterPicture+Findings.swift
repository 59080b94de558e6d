extension ClusterPicture {
    /// Everything that is not as it should be at this moment, the gravest first. Much of it passes by itself.
    var findings: [MembershipFinding] {
        var all = separate + membership
        all += brokers
        return all.sorted { ($0.reason, $0.key) < ($1.reason, $1.key) }
    }

    private var naming: NodeNaming { observation.naming }

    private func kubectl(_ words: String) -> String { "`kubectl -n \(naming.namespace) \(words)`" }

    /// Who stands outside the cluster.
    private var separate: [MembershipFinding] {
        var findings: [MembershipFinding] = []
        for group in splits {
            let nodes = sorted(group)
            findings.append(
                MembershipFinding(
                    .splitCluster,
                    nodes,
                    problem: "\(naming.short(nodes)) form a cluster of their own beside \(naming.short(main))",
                    remedy:
                        "VerneMQ cannot join two clusters that hold state; decide which one keeps its sessions, and empty"
                        + " the brokers of the other one all at once: \(emptying(nodes))"
                )
            )
        }
        for node in zombies {
            let name = naming.short(node)
            findings.append(
                MembershipFinding(
                    .zombie,
                    [node],
                    problem:
                        "\(name) takes itself for a member, and no member lists it: it was removed while it was away",
                    remedy: "\(kubectl("delete pod \(name)")): it starts afresh"
                        + (claim(of: node) == nil
                            ? ", and what only it stores is lost"
                            : " and joins; its old state stays in /vernemq/data/.vmq/aside of its volume")
                )
            )
        }
        for node in lone where observation.pod(of: node)?.isReady == true {
            findings.append(
                MembershipFinding(
                    .soloBroker,
                    [node],
                    problem: "\(naming.short(node)) is in service and alone, beside \(naming.short(main))",
                    remedy:
                        "a broker that holds state cannot join; decide which side keeps its sessions, and empty the other"
                        + " one, for example \(naming.short(node)): \(emptying([node]))"
                )
            )
        }
        for node in forgetful {
            let name = naming.short(node)
            findings.append(
                MembershipFinding(
                    .lostState,
                    [node],
                    problem: "\(name) knows only itself, while members list it: it has lost its state",
                    remedy:
                        "the others pull it back in within a minute; if they do not, \(kubectl("delete pod \(name)"))"
                )
            )
        }
        return findings
    }

    private func claim(of node: String) -> ObservedClaim? {
        naming.ordinal(ofNode: node).flatMap { observation.claims[$0] }
    }

    /// The commands that let brokers come back empty. What only they store is lost, so a person gives them.
    private func emptying(_ nodes: [String]) -> String {
        let claims = nodes.compactMap { claim(of: $0)?.name }
        let pods = nodes.map { naming.short($0) }.joined(separator: " ")
        let deletion = kubectl("delete pod \(pods)")
        guard !claims.isEmpty else { return "\(deletion) (what only they store is lost)" }
        return "copy /vernemq/data of \(pods) if its messages matter, then"
            + " \(kubectl("delete pvc \(claims.joined(separator: " ")) --wait=false")) and \(deletion)"
    }

    /// Who is a member and should not be, or is not up, and who is missing.
    private var membership: [MembershipFinding] {
        var findings: [MembershipFinding] = []
        for node in ghosts {
            findings.append(
                MembershipFinding(
                    .ghostMember,
                    [node],
                    problem: "\(naming.short(node)) is a member, but the set does not want it and has no pod for it",
                    remedy: "the operator removes it"
                )
            )
        }
        for node in foreign {
            let survivor = observation.pods.last { $0.isReady }?.name ?? naming.pod(observation.set.start)
            let leave = "exec \(survivor) -c \(observation.set.container) -- vmq-admin cluster leave node=\(node)"
            findings.append(
                MembershipFinding(
                    .foreignMember,
                    [node],
                    problem: "\(node) is a member, and no pod of this set is ever called so",
                    remedy:
                        "leave it alone if it is a broker outside this set; if it is gone for good, \(kubectl(leave))"
                )
            )
        }
        for node in down {
            let name = naming.short(node)
            findings.append(
                MembershipFinding(
                    .memberDown,
                    [node],
                    problem: "member \(name) is down, and as long as it is VerneMQ refuses clients on all others",
                    remedy: "bring its pod back: \(kubectl("describe pod \(name)")) says why it does not run"
                )
            )
        }
        if let disagreement {
            findings.append(
                MembershipFinding(
                    .viewsDisagree,
                    [],
                    problem: "the members do not agree: \(disagreement)",
                    remedy:
                        "views are up to ten seconds old; if it stays so, let the pods reach each other on ports 4369,"
                        + " 9100 to 9109 and 44053 (NetworkPolicy, the network itself)"
                )
            )
        }
        let missing = observation.set.wanted.filter { !members.contains(naming.node($0)) }
        if !missing.isEmpty, !main.isEmpty {
            let words = missing.prefix(20).map { naming.pod($0) }.joined(separator: ", ")
            let wanted = observation.set.wanted.count
            findings.append(
                MembershipFinding(
                    .membersMissing,
                    [],
                    problem: "\(wanted - missing.count) of the \(wanted) brokers that the set wants are members;"
                        + " missing: \(words)",
                    remedy: "a broker that starts joins by itself, and the events of its pod say what it waits for:"
                        + " \(kubectl("describe pod \(naming.pod(missing.first ?? 0))"))"
                )
            )
        }
        return findings
    }

    /// What single brokers say, or do not say.
    private var brokers: [MembershipFinding] {
        var findings: [MembershipFinding] = []
        for pod in observation.pods.sorted(by: { $0.ordinal < $1.ordinal }) where !pod.isTerminating {
            let node = naming.node(pod.ordinal)
            switch observation.answers[node] {
            case .view(let view) where view.isSuspended:
                findings.append(
                    MembershipFinding(
                        .listenersSuspended,
                        [node],
                        problem:
                            "the MQTT listeners of \(pod.name) are suspended (cluster leave without -k was called)",
                        remedy: "restart it: \(kubectl("delete pod \(pod.name)"))"
                    )
                )
            case .unreadable(.otherNode(let found, let expected)):
                findings.append(
                    MembershipFinding(
                        .wrongNodeName,
                        [node],
                        problem: "the broker of \(pod.name) calls itself \(found.prefix(100)), not \(expected)",
                        remedy: "take the node name out of its vm.args or vernemq.conf.local:"
                            + " DOCKER_VERNEMQ_NODENAME gives it"
                    )
                )
            case .view: break
            case .unreadable(let error) where pod.isReady:
                findings.append(silent(node, pod, "\(error)"))
            case .silent(let why) where pod.isReady:
                findings.append(silent(node, pod, why))
            case nil where pod.isReady:
                findings.append(silent(node, pod, "it has not been asked"))
            case .unreadable, .silent, nil: break
            }
        }
        return findings
    }

    private func silent(_ node: String, _ pod: ObservedPod, _ why: String) -> MembershipFinding {
        MembershipFinding(
            .brokerSilent,
            [node],
            problem: "\(pod.name) is Ready and does not tell its view (\(why.prefix(300)))",
            remedy:
                "let the operator reach port 8888 of the brokers' pods (NetworkPolicy), with /status.json served there"
        )
    }
}
