import type { Review } from './review.ts';

/** Every known user is in it, as in Kubernetes. */
const AUTHENTICATED = 'system:authenticated';

/** SelfSubjectReview (authentication.k8s.io/v1): who the server takes the asker for. */
export const selfReview: Review = (_question, { name, uid, groups }) => ({
  userInfo: { username: name, uid, groups: [...new Set([...groups, AUTHENTICATED])] },
});
