{{/*
One of the operator's Deployments. Takes a dict: root, and component: all (webhooks, and the controllers if there are any),
webhooks, or controllers.
*/}}
{{- define "vernemq-operator.deployment" -}}
{{- $root := .root }}
{{- $component := .component }}
{{- $values := .root.Values }}
{{- $fullname := include "vernemq-operator.fullname" .root }}
{{- $isController := eq $component "controllers" }}
{{- $selfMade := and (eq $values.certificates.mode "self") (not $isController) }}
{{- $mounted := and (ne $values.certificates.mode "self") (not $isController) }}
{{- $controls := and $values.controllers.enabled (ne $component "webhooks") }}
{{- /* Which of the Deployments a pod is of: in the selectors too, so that no Deployment and no Service sees another's. */}}
{{- $mark := ternary "controllers" "webhooks" $isController }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $fullname }}{{ if $isController }}-controllers{{ end }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "vernemq-operator.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ $mark }}
  {{- with include "vernemq-operator.annotations" (list $root) }}{{ nindent 2 . }}{{ end }}
spec:
  replicas: {{ ternary $values.controllers.replicas $values.replicas $isController }}
  revisionHistoryLimit: {{ $values.revisionHistoryLimit }}
  selector:
    matchLabels:
      {{- include "vernemq-operator.selectorLabels" $root | nindent 6 }}
      app.kubernetes.io/component: {{ $mark }}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      {{- if $values.hostNetwork }}
      # A node's port has room for one.
      maxSurge: 0
      maxUnavailable: 1
      {{- else }}
      # The new pod answers before an old one goes: labelled StatefulSets cannot be created while nobody answers.
      maxSurge: 1
      maxUnavailable: 0
      {{- end }}
  template:
    metadata:
      labels:
        {{- with $values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        {{- include "vernemq-operator.standardLabels" $root | nindent 8 }}
        app.kubernetes.io/component: {{ $mark }}
      annotations:
        kubectl.kubernetes.io/default-container: operator
        {{- with $values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ if $isController }}{{ include "vernemq-operator.serviceAccountName" $root }}{{ else }}{{ include "vernemq-operator.webhooksServiceAccountName" $root }}{{ end }}
      {{- if or $controls $selfMade }}
      automountServiceAccountToken: true
      {{- else }}
      # The webhooks ask the API server nothing.
      automountServiceAccountToken: false
      {{- end }}
      enableServiceLinks: false
      {{- with $values.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      {{- with $values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with $values.runtimeClassName }}
      runtimeClassName: {{ . }}
      {{- end }}
      {{- with $values.schedulerName }}
      schedulerName: {{ . }}
      {{- end }}
      {{- if $values.hostNetwork }}
      hostNetwork: true
      {{- end }}
      {{- with (default (ternary "ClusterFirstWithHostNet" "" $values.hostNetwork) $values.dnsPolicy) }}
      dnsPolicy: {{ . }}
      {{- end }}
      {{- with $values.dnsConfig }}
      dnsConfig:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.hostAliases }}
      hostAliases:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
      securityContext:
        {{- toYaml $values.podSecurityContext | nindent 8 }}
      {{- with $values.extraInitContainers }}
      initContainers:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: operator
          image: {{ include "vernemq-operator.image" $root | quote }}
          imagePullPolicy: {{ $values.image.pullPolicy }}
          args:
            - serve
            {{- if $isController }}
            - --controllers-only
            {{- else if not $controls }}
            - --webhook-only
            {{- end }}
            {{- if or $controls $selfMade }}
            - --lease
            - {{ $fullname }}
            {{- end }}
            {{- if and $controls $values.controllers.namespace }}
            - --namespace
            - {{ $values.controllers.namespace }}
            {{- end }}
            {{- range $values.plugins.allowedSources }}
            - --allow-plugin-source
            - {{ . | quote }}
            {{- end }}
            {{- if not $isController }}
            - --listen
            - "{{ $values.listenAddress }}:{{ $values.webhook.port }}"
            {{- end }}
            {{- if $selfMade }}
            - --certificates
            - self
            - --certificate-secret
            - {{ include "vernemq-operator.certificateSecret" $root }}
            - --webhook-configuration
            - {{ $fullname }}
            - --webhook-service
            - {{ $fullname }}
            {{- end }}
            {{- if $mounted }}
            - --certificates
            - files
            - --tls-cert
            - /certificates/tls.crt
            - --tls-key
            - /certificates/tls.key
            {{- end }}
            - --metrics-listen
            - "{{ $values.listenAddress }}:{{ $values.metrics.port }}"
            - --log-level
            - {{ $values.logLevel }}
            - --log-format
            - {{ $values.logFormat }}
            {{- range $values.extraArgs }}
            - {{ . | quote }}
            {{- end }}
          env:
            - name: POD_NAME
              valueFrom: {fieldRef: {apiVersion: v1, fieldPath: metadata.name}}
            - name: POD_NAMESPACE
              valueFrom: {fieldRef: {apiVersion: v1, fieldPath: metadata.namespace}}
            {{- with $values.extraEnv }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          {{- with $values.extraEnvFrom }}
          envFrom:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          ports:
            {{- if not $isController }}
            - name: webhook
              containerPort: {{ $values.webhook.port }}
              protocol: TCP
            {{- end }}
            - name: metrics
              containerPort: {{ $values.metrics.port }}
              protocol: TCP
          readinessProbe:
            httpGet:
              path: /readyz
              port: metrics
            {{- toYaml $values.readinessProbe | nindent 12 }}
          livenessProbe:
            httpGet:
              path: /healthz
              port: metrics
            {{- toYaml $values.livenessProbe | nindent 12 }}
          resources:
            {{- toYaml (ternary $values.controllers.resources $values.resources $isController) | nindent 12 }}
          securityContext:
            {{- toYaml $values.containerSecurityContext | nindent 12 }}
          {{- if or $mounted $values.extraVolumeMounts }}
          volumeMounts:
            {{- if $mounted }}
            - name: certificates
              mountPath: /certificates
              readOnly: true
            {{- end }}
            {{- with $values.extraVolumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          {{- end }}
        {{- with $values.extraContainers }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- if or $mounted $values.extraVolumes }}
      volumes:
        {{- if $mounted }}
        - name: certificates
          secret:
            secretName: {{ include "vernemq-operator.certificateSecret" $root }}
            defaultMode: 0440
        {{- end }}
        {{- with $values.extraVolumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
      {{- with $values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if $values.affinity }}
      affinity:
        {{- toYaml $values.affinity | nindent 8 }}
      {{- else if ne $values.podAntiAffinity "none" }}
      affinity:
        podAntiAffinity:
          {{- if eq $values.podAntiAffinity "hard" }}
          requiredDuringSchedulingIgnoredDuringExecution:
            - topologyKey: kubernetes.io/hostname
              labelSelector:
                matchLabels:
                  {{- include "vernemq-operator.selectorLabels" $root | nindent 18 }}
                  app.kubernetes.io/component: {{ $mark }}
          {{- else }}
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 100
              podAffinityTerm:
                topologyKey: kubernetes.io/hostname
                labelSelector:
                  matchLabels:
                    {{- include "vernemq-operator.selectorLabels" $root | nindent 20 }}
                    app.kubernetes.io/component: {{ $mark }}
          {{- end }}
      {{- end }}
      {{- with $values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      topologySpreadConstraints:
        {{- if $values.topologySpreadConstraints }}
        {{- toYaml $values.topologySpreadConstraints | nindent 8 }}
        {{- else }}
        {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
        - maxSkew: 1
          topologyKey: {{ . }}
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "vernemq-operator.selectorLabels" $root | nindent 14 }}
              app.kubernetes.io/component: {{ $mark }}
        {{- end }}
        {{- end }}
{{- end }}
