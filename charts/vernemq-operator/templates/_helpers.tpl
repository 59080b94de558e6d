{{/* The chart's name, as labels carry it. */}}
{{- define "vernemq-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/*
The name of everything that the release makes: the release's own, with the chart's unless it is in there already. Short
enough for what is hung onto it: names of Services have at most 63 characters.
*/}}
{{- define "vernemq-operator.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains (include "vernemq-operator.name" .) .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "vernemq-operator.name" .) | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* What selects the operator's pods, all of them: never changes over a release's life. */}}
{{- define "vernemq-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "vernemq-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "vernemq-operator.standardLabels" -}}
{{ include "vernemq-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: vernemq-operator
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* The labels of an object. */}}
{{- define "vernemq-operator.labels" -}}
{{ include "vernemq-operator.standardLabels" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/*
The annotations of an object, as a whole member of its metadata, or nothing. Takes a list: the root, and maps of which
earlier ones win.
*/}}
{{- define "vernemq-operator.annotations" -}}
{{- $all := dict }}
{{- range rest . }}{{ $all = merge $all . }}{{ end }}
{{- $all = merge $all (first .).Values.commonAnnotations }}
{{- with $all -}}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Who runs the controllers, and everything else unless the webhooks are separate. */}}
{{- define "vernemq-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "vernemq-operator.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{/* Who answers webhooks. */}}
{{- define "vernemq-operator.webhooksServiceAccountName" -}}
{{- include "vernemq-operator.serviceAccountName" . }}
{{- if and (include "vernemq-operator.isSeparate" .) .Values.serviceAccount.create }}-webhooks{{ end }}
{{- end }}

{{/* Whether webhooks and controllers are Deployments of their own: text, or nothing. */}}
{{- define "vernemq-operator.isSeparate" -}}
{{- if and .Values.webhook.separate .Values.controllers.enabled (not .Values.webhook.url) }}true{{ end }}
{{- end }}

{{- define "vernemq-operator.image" -}}
{{- $repository := .Values.image.repository }}
{{- with .Values.image.registry }}{{ $repository = printf "%s/%s" (trimSuffix "/" .) $repository }}{{ end }}
{{- if .Values.image.digest }}
{{- printf "%s@%s" $repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" $repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{/* The operator's own Secret has a name of its own, so that it never takes the place of one that somebody brought. */}}
{{- define "vernemq-operator.certificateSecret" -}}
{{- $suffix := ternary "webhook-tls" "tls" (eq .Values.certificates.mode "self") }}
{{- default (printf "%s-%s" (include "vernemq-operator.fullname" .) $suffix) .Values.certificates.existingSecret }}
{{- end }}
