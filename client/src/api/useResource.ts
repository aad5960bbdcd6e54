import { useSyncExternalStore } from 'react';
import type { Resource, ResourceState } from './resource.ts';

export function useResource<T>(resource: Resource<T>): ResourceState<T> {
  return useSyncExternalStore(resource.subscribe, resource.get);
}
