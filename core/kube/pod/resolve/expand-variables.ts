/**
 * Puts values in for `$(NAME)`, as Kubernetes does in commands, arguments and variables; `$$` stands for `$`, and a name that
 * nobody knows stays as it is.
 */
export const expandVariables = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(/\$(\$|\(([^()]*)\))/g, (whole, inner: string, name: string | undefined) =>
    inner === '$' ? '$' : (values.get(name ?? '') ?? whole),
  );
