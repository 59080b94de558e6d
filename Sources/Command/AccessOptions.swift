import ArgumentParser
import KubernetesClient

/// Which API server, and who we are there.
struct AccessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A kubeconfig. Default: the pod's own service account, else $KUBECONFIG, else ~/.kube/config.",
            valueName: "file"
        )
    )
    var kubeconfig: String?

    @Option(help: ArgumentHelp("The context of the kubeconfig. Default: its current one.", valueName: "name"))
    var context: String?

    /// What the options come to.
    func configuration() throws(KubeConfigError) -> ClusterConfiguration {
        try .automatic(kubeconfig: kubeconfig, context: context)
    }
}
