import type { KubeAnswer } from './kube-request.ts';

/** Kubernetes answers with about so many characters of warnings, and leaves out what is more. */
const MAX_CHARACTERS = 4_096;
const MAX_WARNING = 256;

/** Things a client should be told although its request is done: kubectl prints them as `Warning: ...`. */
export class Warnings {
  readonly #texts: string[] = [];
  #characters = 0;

  readonly add = (text: string): void => {
    const shown = text.slice(0, MAX_WARNING);
    if (this.#texts.includes(shown) || this.#characters + shown.length > MAX_CHARACTERS) return;
    this.#texts.push(shown);
    this.#characters += shown.length;
  };

  /** The answer with a `Warning` header (RFC 7234: code 299, no agent, quoted text). */
  addTo(answer: KubeAnswer): KubeAnswer {
    if (this.#texts.length === 0) return answer;
    const warning = this.#texts.map((text) => `299 - "${quoted(text)}"`).join(', ');
    return { ...answer, headers: { ...answer.headers, warning } };
  }
}

/** Headers carry visible ASCII; whatever else a name has in it is shown as a question mark. */
const quoted = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/[\\"]/g, '\\$&');
